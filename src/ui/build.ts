import type {BuildEvent} from '../engine/build-progress.js';
import type {Progress} from './progress.js';

/** Shows a build: a line for each step that took time, the step's last output while it runs. */
export function showBuild(progress: Progress): (event: BuildEvent) => void {
  return event => {
    if (event.type === 'started') progress.status(`${short(event.step)} …`);
    else if (event.type === 'output') progress.status(`${short(event.step)} ${event.line}`);
    else if (event.type === 'transfer')
      progress.status(`${short(event.step)} ${mebibytes(event.current)} of ${mebibytes(event.total)}`);
    else if (event.type === 'cached') progress.line(`  cached  ${short(event.step)}`);
    else if (event.type === 'finished')
      progress.line(`  ${event.seconds.toFixed(1).padStart(5)}s  ${short(event.step)}`);
    else progress.line(`  failed  ${event.step}`);
  };
}

/** Without the mounts, which repeat in every step. */
const short = (step: string): string => {
  const text = step.replace(/--mount=\S+ */g, '').replace(/\s+/g, ' ');
  return text.length > STEP_WIDTH ? `${text.slice(0, STEP_WIDTH - 1)}…` : text;
};

const STEP_WIDTH = 68;

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
