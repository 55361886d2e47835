import type {Launch} from '../contract/launch.js';
import {table} from './table.js';

/** A whole plan for people: decisions with their reasons, the Dockerfile, the docker line. */
export function renderLaunch(launch: Launch, columns: number | null = null): string {
  const rows = launch.decisions.map(({setting, value, why}) => [setting, value, why]);
  const decisions = table([['SETTING', 'VALUE', 'WHY'], ...rows], columns);
  return [
    decisions,
    launch.dockerfile === null ? `The image is there already: ${launch.image}\n` : `# Dockerfile\n${launch.dockerfile}`,
    `# The container, as a docker command\n${launch.command}\n`,
  ].join('\n');
}
