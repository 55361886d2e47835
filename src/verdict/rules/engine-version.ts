import type {RuleOutcome} from '../../contract/verdict.js';
import {atLeast} from '../../matrix/dotted.js';
import type {ImageFacts} from '../../matrix/image-facts.js';
import {outcomesOf, type Rule, toKnow} from '../outcome.js';

const {pass, fail, unknown, skip} = outcomesOf('engine-version');
/** Its default seccomp profile answers clone3 with ENOSYS, so that glibc 2.34 and later fall back (moby PR 42681). */
const CLONE3 = '20.10.10';

/** Is the engine new enough for what the image's libc asks of the kernel? */
export const engineVersion: Rule = situation => {
  const {host, image, question} = situation;
  if (question.synthetic) return [skip('the engine was not part of the question')];
  const {kind, version} = host.engine;
  if (kind === 'podman') return [pass('Podman has no such limit')];
  if (kind === null || version === null)
    return [unknown('the engine of this machine is not known', {fix: toKnow('gpudock doctor', situation)})];
  return [onDocker(version, usesClone3(image))];
};

function onDocker(version: string, modern: boolean | null): RuleOutcome {
  const enough = atLeast(version.replace(/[+~-].*$/, ''), CLONE3);
  if (enough === true || modern === false) return pass(`Docker ${version} is new enough`);
  if (enough === null || modern === null)
    return unknown(`whether Docker ${version} is new enough for the image is not known`);
  return fail(`the image's libc uses clone3, which Docker ${version} refuses with EPERM`, {
    fix: `Docker ${CLONE3} or newer`,
    source: 'moby/moby PR 42681',
  });
}

/** glibc 2.34: Ubuntu 22.04, RHEL 9 and their kin. Null for an OS that is not known. */
function usesClone3({os}: ImageFacts): boolean | null {
  if (!os) return null;
  const [, name, version] = /^([a-z]+)([\d.]+)$/.exec(os) ?? [];
  if (name === 'ubuntu') return Number(version) >= 22;
  if (['ubi', 'rockylinux', 'oraclelinux', 'centos'].includes(name ?? '')) return Number(version) >= 9;
  return null;
}
