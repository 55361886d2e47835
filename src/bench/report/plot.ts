import type {BenchWorkload} from '../../contract/bench.js';
import {safe} from './safe.js';
import {figure} from './words.js';

const WIDTH = 900;
const LEFT = 70;
const HEIGHT = 160;
/** Between the middles of two labels that do not touch. */
const LABEL = 36;

type Scale = (value: number) => number;

const scale = (low: number, high: number, from: number, to: number): Scale => {
  const span = high - low || Math.abs(high) || 1;
  return value => from + ((value - low) / span) * (to - from);
};

/** The interval of the ratio over the margin's band. */
export function plotInterval({ratio, interval, margin}: BenchWorkload): string {
  if (ratio === null || interval === null) return '';
  const ends = [1 - margin * 1.6, 1 + margin * 1.6, ...interval];
  const x = scale(Math.min(...ends), Math.max(...ends), LEFT, WIDTH - LEFT);
  const at = (value: number) => x(value).toFixed(1);
  const labels = x(1 + margin) - x(1) < LABEL ? [1] : [1 - margin, 1, 1 + margin];
  const label = (value: number) => `<text x="${at(value)}" y="46" text-anchor="middle">${value.toFixed(3)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} 50" role="img" aria-label="ratio ${ratio.toFixed(3)}">
<rect class="band" x="${at(1 - margin)}" y="6" width="${(x(1 + margin) - x(1 - margin)).toFixed(1)}" height="26"/>
<path class="axis" d="M${at(1)} 4V34"/><path class="mark" d="M${at(interval[0])} 19H${at(interval[1])}" stroke-width="3"/>
<circle class="mark" cx="${at(ratio)}" cy="19" r="5"/>${labels.map(label).join('')}</svg>`;
}

/** Every iteration of every trial in the order in which they ran. */
export function plotSamples({name, trials, unit}: BenchWorkload): string {
  const values = trials.flatMap(({iterations}) => iterations);
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const x = scale(0, Math.max(1, trials.length - 1), LEFT, WIDTH - 10);
  const y = scale(low, high, HEIGHT - 16, 10);
  const dots = trials.map(({side, iterations, marked}, place) =>
    iterations
      .map(
        value =>
          `<circle class="${side}${marked === null ? '' : ' off'}" cx="${x(place).toFixed(1)}" cy="${y(value).toFixed(1)}" r="1.8"/>`,
      )
      .join(''),
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="samples of ${safe(name)}">
<path class="axis" d="M${LEFT - 8} 6V${HEIGHT - 12}H${WIDTH}"/>
<text x="0" y="14">${figure(high)}</text><text x="0" y="30">${safe(unit)}</text><text x="0" y="${HEIGHT - 14}">${figure(low)}</text>${dots.join('')}</svg>`;
}
