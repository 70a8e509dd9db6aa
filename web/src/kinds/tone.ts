/** How a status looks: fine, on its way, broken, or over. */
export type Tone = 'good' | 'busy' | 'bad' | 'idle';

export interface Badge {
  text: string;
  tone: Tone;
}
