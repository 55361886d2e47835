import {join} from 'node:path';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ensureDockerCli} from '../../test/lab/docker-cli.js';

export interface ExecBench {
  container: string;
  /** docker's own command line. */
  docker: string;
  end(): Promise<void>;
}

/** A container of gpudock's that runs, made of whatever image the engine has; null when no engine answers or has none. */
export async function execBench(): Promise<ExecBench | null> {
  const engine = await connect(liveWorld(engineGetter)).catch(() => null);
  const [image] = (await engine?.docker.listImages({filters: {reference: ['gpudock/*']}})) ?? [];
  if (engine === null || image === undefined) return null;
  const container = await engine.docker.createContainer({
    Image: image.Id,
    Entrypoint: ['sleep', '600'],
    Labels: {'gpudock.project': join(process.cwd(), 'bench'), 'gpudock.purpose': 'job'},
  });
  await container.start();
  return {container: container.id, docker: await ensureDockerCli(), end: () => container.remove({force: true})};
}
