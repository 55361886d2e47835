import {outcomesOf, type Rule, toKnow, withoutGpu} from '../outcome.js';

const {pass, fail, unknown, skip} = outcomesOf('engine-gpu-access');
const FIX = 'install the NVIDIA container toolkit and restart the engine: gpudock setup';

/** Can the engine hand over GPUs: a CDI device it lists, an NVIDIA hook on its PATH, or an nvidia runtime? */
export const engineGpuAccess: Rule = situation => {
  const {host, question} = situation;
  if (question.synthetic) return [skip('the engine was not part of the question')];
  const without = withoutGpu(situation);
  if (without) return [skip(without)];
  const {gpuAccess, cdiDevices} = host.engine;
  if (cdiDevices?.length) return [pass(`the engine lists CDI devices (${cdiDevices[0]})`)];
  if (gpuAccess.cdi) return [pass('the engine lists CDI devices')];
  if (gpuAccess.hook) return [pass('an NVIDIA hook is on the PATH of the engine')];
  if (gpuAccess.runtime) return [pass('the engine has an nvidia runtime')];
  if (host.engine.kind === null)
    return [unknown('the engine of this machine is not known', {fix: toKnow('gpudock doctor', situation)})];
  const none = [gpuAccess.cdi, gpuAccess.hook, gpuAccess.runtime].every(way => way === false);
  if (none && situation.image.gpu === null) {
    return [unknown('the engine can hand over no GPU, and whether the image needs one is not known', {fix: FIX})];
  }
  return [
    none
      ? fail('the engine can hand over no GPU: no CDI device, no NVIDIA hook, no nvidia runtime', {fix: FIX})
      : unknown('whether the engine can hand over GPUs is not known', {fix: toKnow('gpudock doctor', situation)}),
  ];
};
