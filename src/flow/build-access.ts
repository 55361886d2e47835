import type {BuildPlan} from '../dockerfile/plan.js';
import type {Engine} from '../engine/connect.js';
import {platformsOf} from '../engine/images.js';
import {Failure} from '../failure.js';
import type {Flow} from './flow.js';
import type {Situation} from './situation.js';

/** What the build is lent, and the platforms that it is for, must be there before it starts. */
export async function usableAccess(
  world: Flow['world'],
  engine: Engine,
  {access}: Pick<Situation, 'access'>,
  plans: readonly BuildPlan[],
): Promise<void> {
  for (const secret of access.secrets) {
    const there =
      'env' in secret
        ? world.env[secret.env] !== undefined
        : await world.stat(secret.src).then(facts => facts.status === 'ok' && facts.value.readable);
    if (!there)
      throw new Failure({
        code: 'secret_missing',
        message: `the secret ${secret.id} cannot be read`,
        cause: 'env' in secret ? `the variable ${secret.env} is not set` : `${secret.src} is not there, or not yours`,
        fix: 'correct --secret',
      });
  }
  await platformsThere(engine, access.platforms, plans);
  if (plans.some(({ssh}) => ssh) && access.ssh === null && !world.env.SSH_AUTH_SOCK)
    throw new Failure({
      code: 'ssh_agent_missing',
      message: 'a git+ssh:// requirement needs your ssh agent, and none runs',
      cause: 'SSH_AUTH_SOCK is not set',
      fix: 'eval "$(ssh-agent)" && ssh-add, then the same command again; or name a key: --ssh default=FILE',
    });
}

/** BuildKit takes a base of another platform without a word, and calls the image what was asked for. */
async function platformsThere(engine: Engine, wanted: readonly string[], plans: readonly BuildPlan[]): Promise<void> {
  if (wanted.length === 0) return;
  const images = new Set(plans.flatMap(({base}) => [base.image, base.builder]));
  for (const image of images) {
    const there = await platformsOf(engine, image);
    const missing = wanted.find(platform => there !== null && !there.includes(platform));
    if (missing === undefined) continue;
    throw new Failure({
      code: 'platform_missing',
      message: `${image} is not there for ${missing}`,
      cause: `it is for ${there?.join(', ')}`,
      fix: 'name another base: --base IMAGE; or leave out --platform',
    });
  }
}
