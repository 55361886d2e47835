import type {SharedFile} from '../engine/identity.js';
import {CERTIFICATES} from '../launch/plan.js';
import type {Flow} from './flow.js';
import type {Situation} from './situation.js';

/** The machine's extra certificates, as a file of the container. */
export async function certificates(
  {world}: Pick<Flow, 'world'>,
  {network}: Pick<Situation, 'network'>,
): Promise<SharedFile[]> {
  if (!network.extraCertificates || network.certificates === null) return [];
  const bundle = await world.read(network.certificates);
  return bundle.status === 'ok' ? [{path: CERTIFICATES, content: bundle.value}] : [];
}
