import type {Host} from '../contract/host.js';
import {CHECKS} from './checks/index.js';
import type {Diagnosis} from './diagnosis.js';
import type {Evidence} from './evidence.js';

const GRAVITY = {error: 0, warning: 1, info: 2};

/** All that is wrong with a host, worst first: what the checks find, and what the probe found beyond that. */
export function diagnose(host: Host, evidence: Evidence): Diagnosis[] {
  const checked = CHECKS.flatMap(check => check(host, evidence));
  const known = new Set(checked.map(({id}) => id));
  const probed = host.findings.filter(({id}) => !known.has(id));
  return [...checked, ...probed].sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
}
