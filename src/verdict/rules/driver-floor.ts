import type {Host} from '../../contract/host.js';
import type {RuleOutcome} from '../../contract/verdict.js';
import {type CudaRelease, isNewerThanMatrix, majorFloor, releasesOf} from '../../matrix/cuda-release.js';
import {atLeast, compareVersions, majorOf, minorOf} from '../../matrix/dotted.js';
import {driverFix, droppedFrom} from '../newer-driver.js';
import {outcomesOf, type Rule, toKnow, withoutGpu} from '../outcome.js';
import {type Situation, usedCuda} from '../situation.js';
import {compatFoundFirst, compatInTheWay, forwardCompatibility} from './forward-compatibility.js';

const {pass, warn, fail, unknown, skip} = outcomesOf('driver-floor');
const SOURCE = 'compat-matrix/cuda-releases.json';

/** Is the driver new enough for the CUDA inside: natively, by minor-version compatibility, by forward compatibility? */
export const driverFloor: Rule = situation => {
  const {host, image} = situation;
  const without = withoutGpu(situation);
  if (without) return [skip(without)];
  const cuda = usedCuda(situation);
  if (image.gpu === null && !cuda) {
    return [unknown('it is not known whether this image uses an NVIDIA GPU', {fix: 'for the CPU alone: --gpus none'})];
  }
  const absent = driverTrouble(host, situation.gpus);
  if (absent) return [absent];
  if (!cuda) return [unknown('the CUDA version inside the image is not known')];
  if (situation.tegra) return [onJetson(cuda, situation)];
  if (host.driver.version === null && situation.driverCuda === null) {
    return [unknown('the driver version of this machine is not known', {fix: toKnow('run nvidia-smi', situation)})];
  }
  return [publisherFloor(situation) ?? onDriver(cuda, situation)];
};

/** Why no image that needs a GPU can run on this host, whatever is in it; null: nothing is known to stand in the way. */
export function driverTrouble(host: Host, gpus: readonly unknown[] | null): RuleOutcome | null {
  const {status} = host.driver;
  if (status === 'absent') return fail('this machine has no NVIDIA driver', {fix: installFix(host)});
  if (status === 'not-loaded') return fail('the NVIDIA driver is not loaded', {fix: 'gpudock doctor'});
  if (status === 'version-mismatch') {
    return fail('the NVIDIA driver and its library are of two versions', {fix: 'reboot'});
  }
  if (gpus?.length === 0) return fail('there is no NVIDIA GPU for this container');
  return null;
}

/** Setup never installs the driver; the doctor knows each distribution's way, where there is a GPU for it. */
const installFix = ({gpus}: Host): string =>
  gpus?.length === 0
    ? 'no NVIDIA GPU is here either; for the CPU alone: --gpus none'
    : 'gpudock doctor says how this distribution installs one';

/** Some software refuses drivers below a number of its own. */
function publisherFloor(situation: Situation): RuleOutcome | null {
  const {host, image, wsl} = situation;
  if (wsl || atLeast(host.driver.version, image.minDriver) !== false) return null;
  const dropped = droppedFrom(majorOf(image.minDriver), situation);
  return fail(`its publisher asks for driver ${image.minDriver}; this one is ${host.driver.version}`, {
    fix: dropped ? `an older image; no such driver serves ${dropped.label}` : `a driver >= ${image.minDriver}`,
  });
}

function onDriver(cuda: string, situation: Situation): RuleOutcome {
  if (isNewerThanMatrix(cuda)) return unknown(`CUDA ${cuda} came after this matrix was checked: not tested`);
  const has = `driver ${situation.host.driver.version ?? '?'} (CUDA ${situation.driverCuda ?? '?'})`;
  const native = carriesNatively(cuda, situation);
  const natively = `needs CUDA ${cuda}; ${has} carries it`;
  if (native) return compatFoundFirst(cuda, situation, natively) ?? pass(natively, {source: SOURCE});
  const compatible = meetsMajorFloor(cuda, situation);
  if (compatible) {
    const ptx = compareVersions(situation.driverCuda, minorOf(cuda)) === 0 ? '' : ', PTX will not be compiled';
    const problem = `needs CUDA ${cuda}; ${has} is older but of the same major: programs run by minor-version compatibility${ptx}`;
    const fix = `for all of it, ${driverFix(cuda, situation)}`;
    const inTheWay = compatInTheWay(cuda, situation, problem) ?? compatFoundFirst(cuda, situation, problem);
    return inTheWay ?? warn(problem, {source: 'compat-matrix/minor-version.json', fix});
  }
  if (native === null || compatible === null) {
    return unknown(`needs CUDA ${cuda}; the lowest driver for it on this machine is not known`, {source: SOURCE});
  }
  return forwardCompatibility(cuda, situation, `needs CUDA ${cuda}; ${has} is too old`);
}

/** Null when it cannot be told. A driver that reports a newer CUDA minor carries all older ones. */
function carriesNatively(cuda: string, situation: Situation): boolean | null {
  const order = compareVersions(situation.driverCuda, minorOf(cuda));
  if (order !== null && order > 0) return true;
  const answers = releasesOf(cuda).map(release => reaches(release, situation));
  if (answers.length > 0 && answers.every(answer => answer === true)) return true;
  if (answers.length > 0 && answers.every(answer => answer === false)) return false;
  return order === null ? null : order < 0 ? false : null;
}

function reaches(release: CudaRelease, situation: Situation): boolean | null {
  const exact = atLeast(situation.host.driver.version, situation.wsl ? release.windows_min : release.linux_min);
  if (exact !== null || release.branch_min === undefined || !situation.branch) return exact;
  return situation.branch.branch >= release.branch_min;
}

/** False below CUDA 11, where every minor has its own floor. */
function meetsMajorFloor(cuda: string, {host, wsl, branch, driverCuda}: Situation): boolean | null {
  const floor = majorFloor(cuda);
  if (!floor) return (majorOf(cuda) ?? 0) < 11 ? false : null;
  const exact = atLeast(host.driver.version, wsl ? floor.windows_min : floor.linux_min);
  if (exact !== null) return exact;
  if (branch) return branch.branch >= floor.branch_min;
  // Only the CUDA the driver reports is known: every driver of a major's first minor is at its floor.
  return driverCuda === null ? null : (majorOf(driverCuda) ?? 0) >= floor.major;
}

/** On a Jetson the driver is part of JetPack, so only the CUDA it reports counts. */
function onJetson(cuda: string, {driverCuda}: Situation): RuleOutcome {
  const order = compareVersions(driverCuda, minorOf(cuda));
  if (order === null) return unknown('the CUDA of this JetPack is not known');
  if (order >= 0) return pass(`needs CUDA ${cuda}; this JetPack has CUDA ${driverCuda}`);
  return unknown(`needs CUDA ${cuda}; this JetPack has CUDA ${driverCuda}, and an upgrade package may or may not fit`, {
    source: 'compat-matrix/forward-compat.json',
  });
}
