import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Host} from '../contract/host.js';
import type {Init} from '../contract/project.js';
import {EXIT, isFailure} from '../failure.js';
import type {Flow} from '../flow/flow.js';
import {PLAIN_NOTEBOOK} from '../launch/wishes.js';
import {packageRoot} from '../package-root.js';
import {renderFailure} from '../ui/failure.js';
import {renderHostInBrief} from '../ui/host.js';
import {renderLaunch} from '../ui/launch.js';
import {inLook, lookOf} from '../ui/look.js';
import {printable} from '../ui/printable.js';
import type {Progress} from '../ui/progress.js';
import {isReadOut} from '../ui/read-out.js';
import type {World} from '../world/world.js';
import {askAll, noTerminal, takeDefaults} from './ask.js';
import {knownOf, readStart, type Start, withFile} from './known.js';
import {lineAsker} from './line-asker.js';
import {type Answers, KEYS, type Key} from './question.js';
import {saveFile} from './save.js';
import {knownPart, withAnswers} from './settings-file.js';
import {terminalAsker} from './terminal-asker.js';

export interface InitRequest {
  folder: string;
  /** A capture in place of this machine. */
  from: string | null;
  /** Answers that flags give. */
  given: Answers;
  /** Ask nothing. */
  yes: boolean;
  dryRun: boolean;
}

/** Asks, shows what will come of it, writes gpudock.yaml, and goes on to what was chosen. Nothing is written before. */
export async function initialize(flow: Flow, request: InitRequest, progress: Progress): Promise<Init> {
  const {world} = flow;
  const start = await readStart(world, request.folder);
  if (start.unknown.length > 0)
    progress.line(
      `kept, but other commands will refuse it: ${start.unknown.join(', ')} (a key of your own begins with x-)`,
    );
  const host = probed(world, request.from);
  // A probe that fails is told where its answer is needed.
  host.catch(() => undefined);
  const known = knownOf(world, start.project, host);
  const asks = !request.yes && KEYS.some(key => request.given[key] === undefined);
  const answers = asks
    ? await interview(flow, request, start, known, progress)
    : await takeDefaults(known, request.given);
  const text = textOf(start, answers);
  if (request.dryRun) await showPlan(flow, request, start, text);
  const {file} = start;
  const done: Init = {schema: 'gpudock/init/1', file, text, written: false, image: null, url: null};
  if (request.dryRun) return done;
  await save(start, text);
  progress.line(text === start.text ? `${file} stays as it was` : `wrote ${file}`);
  return {
    ...done,
    written: text !== start.text,
    ...(await goOn(flow, request, answers)),
  };
}

async function probed(world: World, from: string | null): Promise<Host> {
  const {probe} = await import('../host/probe.js');
  if (from === null) return probe(world);
  const {captureWorld} = await import('../host/capture.js');
  return probe(captureWorld(from));
}

/** Beside gpudock.yaml, so that editors find it on every machine that the project comes to. */
const SCHEMA = '.gpudock.schema.json';

const textOf = ({text}: Start, answers: Answers): string => withAnswers(text, answers, `./${SCHEMA}`);

async function save({file, text: before, project: {owner, dir}}: Start, text: string): Promise<void> {
  if (text !== before) await saveFile(file, text, owner);
  if (!text.includes(`$schema=./${SCHEMA}`)) return;
  const schema = await readFile(join(packageRoot(), 'schemas', 'gpudock.yaml.json'), 'utf8');
  const there = await readFile(join(dir, SCHEMA), 'utf8').catch(() => null);
  if (there !== schema) await saveFile(join(dir, SCHEMA), schema, owner);
}

async function interview(
  flow: Flow,
  request: InitRequest,
  start: Start,
  known: ReturnType<typeof knownOf>,
  progress: Progress,
): Promise<Answers> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw noTerminal();
  const {env} = flow.world;
  const look = lookOf(process.stderr, env);
  const write = (text: string): void => void process.stderr.write(inLook(printable(text), look));
  progress.line(`${start.project.name}: a few questions; the best answer is chosen already.`);
  progress.line('Nothing is written before the end.');
  // A list that is drawn anew at every key is read out at every key.
  const ask = isReadOut(env)
    ? lineAsker(process.stdin, process.stderr, env)
    : terminalAsker(process.stdin, process.stderr, env);
  // The answers are not lost for it: one can be changed, or the file written alone.
  const tell = (error: unknown): void => {
    if (!isFailure(error) || error.exit === EXIT.interrupted) throw error;
    write(renderFailure(error, false));
  };
  let machineShown = false;
  const before = async (key: Key, answers: Answers): Promise<void> => {
    if (key === 'next') await showPlan(flow, request, start, textOf(start, answers)).catch(tell);
    if (key === 'framework' || machineShown) return;
    machineShown = true;
    write(renderHostInBrief(await known.host, look.columns));
  };
  return askAll(known, request.given, ask, before);
}

/** The plan of what is not written yet: decisions, Dockerfile, docker line. */
async function showPlan(flow: Flow, request: InitRequest, {file}: Start, text: string): Promise<void> {
  const {planNotebook} = await import('../flow/notebook.js');
  const world = withFile(flow.world, file, knownPart(text).text);
  const plan = await planNotebook({...flow, world}, launchRequest(request));
  const look = lookOf(process.stderr, flow.world.env);
  process.stderr.write(inLook(`${printable(renderLaunch(plan, look.columns))}\n`, look));
}

const launchRequest = ({folder, from}: InitRequest) => ({...PLAIN_NOTEBOOK, folder, from, gpus: null, base: null});

async function goOn(flow: Flow, request: InitRequest, {next}: Answers): Promise<Pick<Init, 'image' | 'url'>> {
  if (next === 'build') {
    const {ensureImage} = await import('../flow/image.js');
    return {image: (await ensureImage(flow, launchRequest(request))).tag, url: null};
  }
  if (next !== 'launch') return {image: null, url: null};
  const {openNotebook} = await import('../flow/notebook.js');
  return {image: null, url: (await openNotebook(flow, launchRequest(request))).url};
}
