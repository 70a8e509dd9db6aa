/** The tone of a status: fine, on its way, broken, or over. */
export type Tone = 'good' | 'busy' | 'bad' | 'idle';

export interface Badge {
  text: string;
  tone: Tone;
}
