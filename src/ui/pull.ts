import type {PullEvent, PulledEvent} from '../engine/pull-progress.js';
import type {Progress} from './progress.js';
import {Transfer} from './transfer.js';
import {bytes, duration} from './units.js';

/** Shows a pull: how far it is, and at its end what it was. */
export function showPull(progress: Progress, now: () => number): (event: PullEvent | PulledEvent) => void {
  let image = '';
  let transfer = new Transfer(now);
  return event => {
    if (event.type === 'pulled') return progress.line(summary(event));
    if (image !== event.image) {
      progress.line(`pulling ${event.image}`);
      image = event.image;
      transfer = new Transfer(now);
    }
    progress.status([transfer.line(event.current, event.total, event.complete), layers(event)].join(' · '));
  };
}

function layers({layers, here, done}: PullEvent): string {
  const ready = `${here + done} of ${layers} layers`;
  return here === 0 ? ready : `${ready} (${here} ${here === 1 ? 'was' : 'were'} here already)`;
}

function summary({image, seconds, last}: PulledEvent): string {
  const amount = last === null ? '' : `: ${bytes(last.total)}, ${layers(last)}`;
  return `pulled ${image} in ${duration(seconds)}${amount}`;
}
