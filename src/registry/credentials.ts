import {homedir} from 'node:os';
import {join} from 'node:path';
import * as z from 'zod';
import type {World} from '../world/world.js';

/** What a registry may be told of the user. */
export type Credentials = {kind: 'password'; user: string; password: string} | {kind: 'token'; token: string};

type Home = Pick<World, 'env' | 'read' | 'run'>;

const text = z.string().optional().catch(undefined);
const Auth = z.object({auth: text, username: text, password: text, identitytoken: text});
/** The configuration of the docker command line, and Podman's file of the same shape. */
const Config = z.object({
  auths: z.record(z.string(), Auth.catch({})).optional().catch(undefined),
  credHelpers: z.record(z.string(), z.string()).optional().catch(undefined),
  credsStore: text,
});
type Config = z.infer<typeof Config>;

const HELPER_TIMEOUT = 10_000;
/** Docker Hub's entry kept the name of its first API. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The user's credentials for a registry host; null: none, so it is asked without. In the order docker has them: a helper
 * for this very host, the helper of all, the file; then Podman's file.
 */
export async function credentialsFor(world: Home, host: string): Promise<Credentials | null> {
  for (const path of configFiles(world.env)) {
    const file = await world.read(path);
    if (file.status !== 'ok') continue;
    const found = await inConfig(world, parseConfig(file.value), host);
    if (found !== null) return found;
  }
  return null;
}

function configFiles(env: World['env']): string[] {
  const home = env.HOME ?? homedir();
  const podman = env.REGISTRY_AUTH_FILE ?? (env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, 'containers/auth.json'));
  return [join(env.DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'), ...(podman ? [podman] : [])];
}

function parseConfig(bytes: Uint8Array): Config {
  try {
    return Config.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data ?? {};
  } catch {
    return {};
  }
}

async function inConfig(
  world: Home,
  {auths, credHelpers, credsStore}: Config,
  host: string,
): Promise<Credentials | null> {
  const keys = host === 'docker.io' ? [HUB_KEY, 'docker.io', 'index.docker.io'] : [host, `https://${host}`];
  for (const key of keys) {
    const helper = credHelpers?.[key] ?? credsStore;
    const found = helper === undefined ? null : await fromHelper(world, helper, key);
    if (found !== null) return found;
  }
  const [entry] = keys.flatMap(key => auths?.[key] ?? auths?.[`${key}/v1/`] ?? auths?.[`${key}/v2/`] ?? []);
  return entry === undefined ? null : fromEntry(entry);
}

function fromEntry({auth, username, password, identitytoken}: z.infer<typeof Auth>): Credentials | null {
  if (identitytoken) return {kind: 'token', token: identitytoken};
  if (username && password) return {kind: 'password', user: username, password};
  const pair = Buffer.from(auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = pair.indexOf(':');
  return colon < 1 ? null : {kind: 'password', user: pair.slice(0, colon), password: pair.slice(colon + 1)};
}

const Answer = z.object({Username: z.string(), Secret: z.string()});

/** The protocol of docker-credential-helpers: the server on stdin, JSON on stdout, an exit code for "none". */
async function fromHelper(world: Home, helper: string, server: string): Promise<Credentials | null> {
  if (!/^[\w.-]{1,100}$/.test(helper)) return null;
  const program = `docker-credential-${helper}`;
  const outcome = await world.run({program, args: ['get'], input: server, timeout: HELPER_TIMEOUT});
  if (outcome.status !== 'ran' || outcome.exit !== 0) return null;
  try {
    const {Username, Secret} = Answer.parse(JSON.parse(outcome.stdout));
    if (Secret === '') return null;
    return Username === '<token>'
      ? {kind: 'token', token: Secret}
      : {kind: 'password', user: Username, password: Secret};
  } catch {
    return null;
  }
}
