import type {Container} from 'dockerode';
import {LABEL} from '../labels.js';
import {JUPYTER_SETTINGS} from '../launch/jupyter.js';
import {HOME} from '../launch/plan.js';
import {HUGGING_FACE_TOKEN, type SecretFile} from '../launch/secrets.js';
import {readFile} from './container-file.js';
import {refused} from './containers.js';
import {putFile} from './identity.js';
import {lookInside} from './inside.js';

/** Files that hold tokens; an empty JSON object stands in for any of them. */
const SECRET_FILES = [JUPYTER_SETTINGS, HUGGING_FACE_TOKEN].map(path => `${HOME}/${path}`);

/**
 * Makes an image of a container as it stands, without what was the container's alone: the notebook's token, the variables
 * it was given (`kept` are the image's), and the labels by which gpudock knows its own. Returns the image's id; it has no
 * name yet.
 */
export async function commitContainer(container: Container, kept: readonly string[]): Promise<string> {
  const {Config, HostConfig} = await container.inspect();
  const [uid = 0, gid = uid] = Config.User.split(':').map(Number);
  const owner = {uid, gid, usernsMode: HostConfig.UsernsMode ?? null};
  const secrets = await secretsOf(container);
  const _body = {
    Labels: Object.fromEntries(Object.values(LABEL).map(label => [label, ''])),
    Env: Config.Env.filter(variable => !kept.includes(variable)).map(blanked),
  };
  try {
    for (const {path} of secrets) await putFile(container, {path, text: '{}', ...owner});
    const _query = {container: container.id, pause: true};
    const image = (await container.commit({_query, _body})) as {Id: string};
    return image.Id;
  } catch (error) {
    throw await refused('no image could be made of the container', error);
  } finally {
    for (const secret of secrets) await putFile(container, {...secret, ...owner});
  }
}

async function secretsOf(container: Container): Promise<SecretFile[]> {
  const texts = await Promise.all(SECRET_FILES.map(path => readFile(container, path)));
  return SECRET_FILES.flatMap((path, at) => {
    const text = texts[at] ?? null;
    return text === null ? [] : [{path, text}];
  });
}

/** Names that say nothing of the caller; a program without a home fails. */
const HARMLESS = ['HOME', 'USER', 'LOGNAME'];

/** The engine adds the container's variables to what it is given, so one can be emptied, not left out. */
function blanked(variable: string): string {
  const name = variable.slice(0, variable.indexOf('='));
  return HARMLESS.includes(name) ? variable : `${name}=`;
}

/** The list that a build leaves of what it installed. */
const BUILT = '/opt/venv/packages.txt';

/**
 * Packages (`name==version`) that the container has and its build did not install. null: it does not run, or was not built
 * by gpudock.
 */
export async function addedPackages(container: Container): Promise<string[] | null> {
  const built = await readFile(container, BUILT);
  if (built === null) return null;
  const now = await lookInside(container, ['python', '-m', 'pip', 'list', '--format=freeze']).catch(() => null);
  return now === null ? null : difference(lines(built), lines(now));
}

const lines = (text: string): string[] =>
  text.split('\n').flatMap(line => /^[\w.-]+==\S+$/.exec(line.trim())?.[0] ?? []);

/** pip itself comes with the virtual environment, and a name has several spellings (PEP 503). */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const plain = (line: string): string => line.toLowerCase().replace(/[-_.]+/g, '-');
  const known = new Set(before.map(plain));
  return after.filter(line => !known.has(plain(line)) && !/^(?:pip|setuptools|wheel)==/.test(line));
}
