/** The text format of Prometheus (`common/expfmt/text_create.go`). */
import { METRICS } from '../generated/metrics.ts';
import { boundsOf, type Family, Histogram, type MetricName } from './registry.ts';

export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** A piece for each metric. */
export function* printText(families: Iterable<Family>): Generator<string> {
  for (const { name, series } of families) {
    const { help, labels: names, type } = METRICS[name];
    let text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const { labels, state } of series) {
      const pairs = names.map((label, i) => `${label}="${escapeValue(labels[i] ?? '')}"`).join(',');
      text +=
        state instanceof Histogram
          ? printHistogram(name, pairs, state)
          : `${name}${pairs && `{${pairs}}`} ${formatNumber(state.value)}\n`;
    }
    yield text;
  }
}

function printHistogram(name: MetricName, pairs: string, { counts, count, sum }: Histogram): string {
  const before = pairs && `${pairs},`;
  let text = '';
  let total = 0;
  for (const [i, bound] of boundsOf(name).entries()) {
    total += counts[i] ?? 0;
    text += `${name}_bucket{${before}le="${formatNumber(bound)}"} ${total}\n`;
  }
  const braces = pairs && `{${pairs}}`;
  return `${text}${name}_bucket{${before}le="+Inf"} ${count}\n${name}_sum${braces} ${formatNumber(sum)}\n${name}_count${braces} ${count}\n`;
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 64)`: an exponent below 0.0001 and from a million on. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const escapeHelp = (text: string): string => text.replace(/[\\\n]/g, escaped);
const escapeValue = (text: string): string => (/[\\\n"]/.test(text) ? text.replace(/[\\\n"]/g, escaped) : text);
const escaped = (character: string): string => (character === '\n' ? '\\n' : `\\${character}`);
