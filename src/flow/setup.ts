import {isAbsolute, normalize} from 'node:path';
import type {Setup, SetupUndo} from '../contract/setup.js';
import {EXIT, Failure} from '../failure.js';
import {probe} from '../host/probe.js';
import {mustFit} from '../setup/bundle.js';
import {carryOut, type SetupTalk} from '../setup/carry-out.js';
import {setupDocument} from '../setup/document.js';
import {readSetupFacts, type SetupRequest} from '../setup/facts.js';
import {machineOf, prove} from '../setup/machine.js';
import {planSetup} from '../setup/plan.js';
import {answers} from '../setup/service.js';
import {planUndo, undo, undoes} from '../setup/undo.js';
import type {World} from '../world/world.js';

export interface SetupOptions extends SetupRequest {
  /** A capture to plan for; null: this machine. */
  from: string | null;
  planOnly: boolean;
}

type GroupDocument = Setup['groups'][number];

/** How setup talks with its user. */
export interface SetupConversation extends Omit<SetupTalk, 'agrees'> {
  /** Called once, before the first question; throws where nobody can be asked. */
  ready(document: Setup): void;
  agrees(group: GroupDocument): Promise<boolean>;
}

/** Probe, plan, and, unless only the plan is wanted, carry out. */
export async function setUp(
  live: World,
  options: SetupOptions,
  talk: SetupConversation,
  signal: AbortSignal,
): Promise<Setup> {
  const request = checked(options);
  const world = options.from === null ? live : await captured(options.from);
  const host = await talk.during('looks at the machine', probe(world));
  if (host.os.platform !== null && host.os.platform !== 'linux') throw notLinux(host.os.platform);
  const facts = await talk.during('looks at the machine', readSetupFacts(world, host, request));
  mustFit(facts.bundle, facts.release);
  const plan = planSetup(facts, request);
  const document = setupDocument(plan);
  const idle = plan.groups.every(({state}) => state !== 'needed');
  if (options.planOnly || idle) return document;
  talk.ready(document);
  const find = (id: string): GroupDocument | undefined => document.groups.find(group => group.id === id);
  const agrees = async ({id}: {id: string}): Promise<boolean> => {
    const group = find(id);
    return group !== undefined && talk.agrees(group);
  };
  const outcomes = await carryOut(world, host, plan, {...talk, agrees}, signal);
  return setupDocument(plan, outcomes);
}

async function captured(folder: string): Promise<World> {
  const {captureWorld} = await import('../host/capture.js');
  return captureWorld(folder);
}

function checked(options: SetupOptions): SetupRequest {
  const {rootless, mirrors, dataRoot, packages} = options;
  return {rootless, mirrors: mirrors.map(mirror), dataRoot: dataRoot === null ? null : folder(dataRoot), packages};
}

/** dockerd wants a scheme and a host, and no more (moby/moby, registry/config.go, ValidateMirror). */
function mirror(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && url.username === '' && url.search === '' && url.hash === '' && url.pathname === '/';
  if (url !== null && plain && /^https?:$/.test(url.protocol)) return `${url.origin}/`;
  throw wrong(
    'mirror_invalid',
    `${text} is not a registry mirror`,
    'a mirror is https:// and a host, without path, user or query',
  );
}

/** A folder that images may be moved to: never one that holds the system. */
function folder(text: string): string {
  const path = normalize(text).replace(/\/+$/, '');
  const deep = path.split('/').filter(Boolean).length >= 2;
  if (isAbsolute(path) && deep && !/[\0\n]/.test(path)) return path;
  throw wrong(
    'data_root_invalid',
    `images cannot move to ${text}`,
    'an absolute path of a folder in a folder is needed: /data/docker',
  );
}

const wrong = (code: string, message: string, cause: string): Failure =>
  new Failure({code, message, cause, fix: 'gpudock setup --help', exit: EXIT.usage});

const notLinux = (platform: string): Failure =>
  new Failure({
    code: 'setup_unsupported',
    message: `setup is for Linux; this is ${platform}`,
    cause: 'elsewhere the engine runs in a virtual machine that Docker Desktop brings',
    fix: 'install Docker Desktop: https://docs.docker.com/desktop/',
    exit: EXIT.usage,
  });

/** Takes back what the journal lists, after consent. */
export async function takeBack(
  world: World,
  dryRun: boolean,
  talk: {agrees(plan: SetupUndo): Promise<boolean>; say(line: string): void},
  signal: AbortSignal,
): Promise<SetupUndo> {
  const host = await probe(world);
  const plan = await planUndo(world, host);
  const document: SetupUndo = {
    schema: 'gpudock/setup-undo/1',
    journal: plan.journal,
    undone: plan.entries.map(undoes),
    left: [...plan.left],
  };
  if (dryRun || plan.entries.length === 0) return document;
  if (!(await talk.agrees(document))) return {...document, undone: []};
  const restarted = await undo(world, host, plan, talk.say, signal);
  if (restarted) await prove(machineOf(world, host, signal), host, answers({host}), signal);
  return document;
}
