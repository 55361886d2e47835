import {join} from 'node:path';
import type {Host} from '../contract/host.js';
import type {Init} from '../contract/project.js';
import type {Flow} from '../flow/image.js';
import {PLAIN_NOTEBOOK} from '../launch/wishes.js';
import {packageRoot} from '../package-root.js';
import {renderHostInBrief} from '../ui/host.js';
import {renderLaunch} from '../ui/launch.js';
import {printable} from '../ui/printable.js';
import type {Progress} from '../ui/progress.js';
import type {World} from '../world/world.js';
import {askAll, colourless, noTerminal, takeDefaults, terminalAsker} from './ask.js';
import {knownOf, readStart, type Start, withFile} from './known.js';
import {type Answers, KEYS, type Key} from './question.js';
import {saveFile} from './save.js';
import {knownPart, withAnswers} from './settings-file.js';

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
    progress.line(`kept as it is, though gpudock does not know it: ${start.unknown.join(', ')}`);
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
  const {project, file} = start;
  const done: Init = {schema: 'gpudock/init/1', file, text, written: false, image: null, url: null};
  if (request.dryRun) return done;
  if (text !== start.text) await saveFile(file, text, project.owner);
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

const textOf = ({text}: Start, answers: Answers): string =>
  withAnswers(text, answers, join(packageRoot(), 'schemas', 'gpudock.yaml.json'));

async function interview(
  flow: Flow,
  request: InitRequest,
  start: Start,
  known: ReturnType<typeof knownOf>,
  progress: Progress,
): Promise<Answers> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw noTerminal();
  const screen = flow.world.env.NO_COLOR ? colourless(process.stderr) : process.stderr;
  progress.line(
    `${start.project.name}: a few questions; the best answer is chosen already. Nothing is written before the end.`,
  );
  let machineShown = false;
  const before = async (key: Key, answers: Answers): Promise<void> => {
    if (key === 'next') await showPlan(flow, request, start, textOf(start, answers));
    if (key === 'framework' || machineShown) return;
    machineShown = true;
    process.stderr.write(renderHostInBrief(await known.host));
  };
  return askAll(known, request.given, terminalAsker(process.stdin, screen), before);
}

/** The plan of what is not written yet: decisions, Dockerfile, docker line. */
async function showPlan(flow: Flow, request: InitRequest, {file}: Start, text: string): Promise<void> {
  const {planNotebook} = await import('../flow/notebook.js');
  const world = withFile(flow.world, file, knownPart(text).text);
  const plan = await planNotebook({...flow, world}, launchRequest(request));
  process.stderr.write(`${printable(renderLaunch(plan))}\n`);
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
