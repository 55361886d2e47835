import type {RuleOutcome} from '../../contract/verdict.js';
import {compatBranch, compatDriver, majorFloor} from '../../matrix/cuda-release.js';
import {atLeast} from '../../matrix/dotted.js';
import {forwardCompatible} from '../../matrix/forward-compat.js';
import {requireTextsOf} from '../../matrix/require-text.js';
import {driverFix, droppedBy} from '../newer-driver.js';
import {outcomesOf} from '../outcome.js';
import type {JudgedGpu, Situation} from '../situation.js';
import {runsOn} from './gpu-architecture.js';

const {warn, fail, unknown} = outcomesOf('driver-floor');
const SOURCE = 'compat-matrix/forward-compat.json';

/** The last way for a driver below its major's floor: cuda-compat in the image, a data-centre GPU, a branch in the table. */
export function forwardCompatibility(cuda: string, situation: Situation, problem: string): RuleOutcome {
  const {gpus, branch, wsl, image} = situation;
  const fix = driverFix(cuda, situation, lowestByMinorVersion(cuda, situation));
  // The library belongs to a driver branch of its own, which serves no older GPU than the driver of that branch would.
  const dropped = droppedBy(cuda, situation);
  const refused = dropped ?? gpus?.find(gpu => gpu.class !== null && gpu.class !== 'data-centre');
  const carried = carriesCompat(situation);
  if (carried === false || refused || wsl) return fail(problem, {fix, source: SOURCE});
  if (!gpus || gpus.some(gpu => gpu.class === null)) {
    return unknown(`${problem}; whether forward compatibility serves the GPU is not known`, {fix, source: SOURCE});
  }
  const fits = branch ? packageFits(cuda, branch.branch, situation, gpus) : null;
  if (fits === false) return fail(`${problem}, also for the cuda-compat libraries`, {fix, source: SOURCE});
  if (fits === null || carried === null) {
    return unknown(`${problem}; whether the image's cuda-compat libraries fit this driver is not known`, {
      fix,
      source: SOURCE,
    });
  }
  if (image.publisher !== 'ngc' && putsCompatFirst(situation) === false) {
    return fail(`${problem}; the image carries cuda-compat, which this container toolkit leaves out`, {
      fix: `${fix}, or a container toolkit >= ${HOOK_BACK}`,
      source: TOOLKIT,
    });
  }
  return warn(`${problem}, but the image carries cuda-compat, which works on this data-centre GPU and branch`, {
    source: SOURCE,
  });
}

/**
 * The lowest driver with which the image would run by minor-version compatibility. Null where it would not: no PTX is
 * compiled then, and a cuda-compat in the image may be in the way.
 */
function lowestByMinorVersion(cuda: string, situation: Situation): string | null {
  const {gpus, image, wsl, tegra} = situation;
  const floor = majorFloor(cuda);
  const refusing = gpus?.some(gpu => REFUSING.has(gpu.class)) ?? true;
  const inTheWay = refusing && !wsl && !triesFirst(situation) && carriesCompat(situation) !== false;
  if (image.compatFirst || inTheWay) return null;
  const served = image.code.every(({sass}) =>
    gpus?.every(({computeCapability: cc}) => cc !== null && sass.some(target => runsOn(target, cc, tegra))),
  );
  return served ? ((wsl ? floor?.windows_min : floor?.linux_min) ?? null) : null;
}

/** What the matrix knows is of images for amd64; those for arm64 have the package from later releases on. */
const carriesCompat = ({image, cpu}: Situation): boolean | null =>
  image.cudaCompat && cpu === 'arm64' ? null : image.cudaCompat;

/** The classes whose brands no cuda-compat library accepts (compat-matrix/forward-compat.json). */
const REFUSING = new Set<JudgedGpu['class']>(['geforce', 'titan']);

const TOOLKIT = 'NVIDIA/nvidia-container-toolkit: CHANGELOG.md, cmd/nvidia-cdi-hook/cudacompat';
/** The only one that leaves cuda-compat out; the first whose CDI specifications and runtime have a hook for it. */
const LEFT_OUT = '1.17.4';
const HOOK_BACK = '1.17.5';
/** The first whose legacy hook does the same (libnvidia-container, `--cuda-compat-mode`). */
const LEGACY_BACK = '1.17.7';

/**
 * Whether the container toolkit puts an image's cuda-compat before the driver's own library. It looks at the driver,
 * never at the GPU. Null where it is not known: what came back does so by default, and a setting can switch it off.
 */
function putsCompatFirst({host, question}: Situation): boolean | null {
  const {toolkit, engine} = host;
  if (question.synthetic) return null;
  const byCdi = (engine.cdiDevices?.length ?? 0) > 0;
  const byLegacyHook = !byCdi && engine.gpuAccess.hook === true && atLeast(engine.version, '29.2') === false;
  if (atLeast(toolkit.version, byLegacyHook ? LEGACY_BACK : HOOK_BACK) !== false) return null;
  return !byCdi && atLeast(toolkit.version, LEFT_OUT) === false;
}

/**
 * Where the driver's own library would do, by minor-version compatibility, but the image carries a newer one, which a
 * GeForce or Titan refuses (CUDA error 804) and which finds no GPU that its branch has dropped. One of the driver's own
 * branch is never put first (libnvidia-container, src/nvc_mount.c: filter_libraries; nvidia-cdi-hook cudacompat). Null:
 * nothing is in the way.
 */
export function compatInTheWay(cuda: string, situation: Situation, problem: string): RuleOutcome | null {
  const dropped = droppedBy(cuda, situation);
  const refusing = dropped ?? situation.gpus?.find(gpu => REFUSING.has(gpu.class));
  if (!refusing || situation.wsl || carriesCompat(situation) !== true || triesFirst(situation)) return null;
  if (situation.branch !== null && compatBranch(cuda) === situation.branch.branch) return null;
  const first = putsCompatFirst(situation);
  if (first === false) return null;
  const why = dropped
    ? ` of branch ${compatBranch(cuda)}, which no longer serves ${dropped.label} (no CUDA device is found)`
    : `, which ${refusing.label} refuses (error 804)`;
  const refused = `${problem}; but the image carries cuda-compat${why}`;
  const without = "an image without cuda-compat (a framework's runtime image)";
  const other = dropped ? without : `a newer driver, or ${without}`;
  if (first) {
    return fail(`${refused}, and container toolkit ${situation.host.toolkit.version} puts it first`, {
      fix: other,
      source: TOOLKIT,
    });
  }
  return unknown(`${refused}, and whether the container toolkit puts it first is not known`, {
    fix: `${other}; or nvidia-ctk --version: ${LEFT_OUT} leaves it out, later ones unless their hook enable-cuda-compat is switched off`,
    source: TOOLKIT,
  });
}

/**
 * An image that has its own cuda-compat found first leaves no choice to the container toolkit: with a driver of another
 * branch the library is refused (error 803, 804), unless the way the container is started puts the driver's own before
 * it again. Null: nothing is in the way.
 */
export function compatFoundFirst(cuda: string, situation: Situation, otherwise: string): RuleOutcome | null {
  const {image, branch, gpus, wsl} = situation;
  if (carriesCompat(situation) === false) return null;
  if (!image.compatFirst) return startedWithCompat(cuda, situation, otherwise);
  const own = compatBranch(cuda);
  if (!wsl && branch !== null && own === branch.branch) return null;
  const meantFor = gpus?.every(gpu => gpu.class === 'data-centre') ?? false;
  if (!wsl && meantFor && branch !== null && own !== null && branch.branch < own) return null;
  return unknown(
    `${otherwise}; but the image has its cuda-compat of branch ${own ?? '?'} found before the driver's own library, and whether it stays so depends on how the container is started (error 803 or 804)`,
    {fix: 'another release of the image, or LD_LIBRARY_PATH=/usr/local/nvidia/lib64 in the container', source: TOOLKIT},
  );
}

/**
 * NVIDIA's own images keep the library where no container toolkit looks for it (compat/lib.real), and from this month
 * on try it before they use it: else they run "in Minor Version Compatibility mode", as their entrypoint says
 * (triton-inference-server/server issue #3518).
 */
const FIRST_THAT_TRIES = '21.09';
const triesFirst = ({image}: Situation): boolean =>
  image.publisher === 'ngc' && image.container !== null && image.container >= FIRST_THAT_TRIES;

/**
 * NVIDIA's early images start with their own cuda-compat wherever it is newer than the driver, also one of its branch,
 * and ask for no GPU that takes it: 418.87 inside, a driver of 418 and a GTX 1080 Ti gave error 804
 * (triton-inference-server/server issue #944). Null: nothing is in the way.
 */
function startedWithCompat(cuda: string, situation: Situation, otherwise: string): RuleOutcome | null {
  const {image, gpus, wsl, branch, host} = situation;
  const refusing = gpus?.find(gpu => REFUSING.has(gpu.class));
  const early = image.publisher === 'ngc' && image.container !== null && !triesFirst(situation);
  if (!early || !refusing || wsl || branch === null || compatBranch(cuda) !== branch.branch) return null;
  const inside = compatDriver(cuda);
  if (atLeast(host.driver.version, inside) !== false) return null;
  return unknown(
    `${otherwise}; but the image starts with the cuda-compat of driver ${inside}, which ${refusing.label} may refuse (error 804)`,
    {fix: `a driver >= ${inside}`, source: 'triton-inference-server/server issue #944'},
  );
}

/**
 * By NVIDIA's table; for branches it no longer speaks of, by the image's own list, which equals the one inside the
 * compat library, or that of NVIDIA's own image with the same package (compat-matrix/require-cuda.json). The other
 * image's list proves only what it allows.
 */
function packageFits(cuda: string, branch: number, {image}: Situation, gpus: readonly JudgedGpu[]): boolean | null {
  const table = forwardCompatible(cuda, branch);
  if (table !== null) return table;
  const own = image.requires?.complete ? image.requires.texts : [];
  if (own.some(names)) return allows(own, branch, gpus);
  return requireTextsOf(cuda).some(text => allows([text], branch, gpus)) ? true : null;
}

/** Whether a text names brands and branches at all. */
const names = (text: string): boolean => /(?:^| )brand=/i.test(text);

function allows(texts: readonly string[], branch: number, gpus: readonly JudgedGpu[]): boolean {
  const clauses = new Set(texts.flatMap(text => text.toLowerCase().split(' ')));
  const isAllowed = (brand: string): boolean =>
    clauses.has(`brand=${brand.toLowerCase()},driver>=${branch},driver<${branch + 1}`);
  return gpus.every(({brands}) => brands.length > 0 && brands.every(isAllowed));
}
