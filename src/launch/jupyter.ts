/** How a notebook server is to behave. */
export interface JupyterWishes {
  token: string;
  /** As Jupyter's own `passwd` writes it; null: the token alone opens it. */
  passwordHash: string | null;
  /** Seconds without a running cell after which it ends; null: never. */
  idleSeconds: number | null;
  root: boolean;
}

/**
 * Jupyter reads it before its command line; a token there is shown by no `ps`, `inspect`, label or log. The path is
 * below the home folder.
 */
export const JUPYTER_SETTINGS = '.jupyter/jupyter_server_config.json';

/** Read beside {@link JUPYTER_SETTINGS}, where use of a GPU is to count as activity. */
export const JUPYTER_PROGRAM = '.jupyter/jupyter_server_config.py';

/** Jupyter looks for idle kernels so often, in seconds, at the most. */
const LONGEST_INTERVAL = 300;

/**
 * The content of {@link JUPYTER_SETTINGS}. A kernel that runs a cell is never idle; one that is idle for the time is shut
 * down, and a server without kernels and terminals for as long ends (jupyter/notebook#2963 has both options).
 */
export function jupyterSettings({token, passwordHash, idleSeconds, root}: JupyterWishes): object {
  return {
    IdentityProvider: {token},
    ...(passwordHash === null ? {} : {PasswordIdentityProvider: {hashed_password: passwordHash}}),
    ...(idleSeconds === null
      ? {}
      : {
          MappingKernelManager: {
            cull_idle_timeout: idleSeconds,
            cull_interval: Math.min(LONGEST_INTERVAL, Math.ceil(idleSeconds / 4)),
            cull_connected: true,
          },
        }),
    // Jupyter refuses to run as root unless told so; here root was decided on, with its reason in the plan.
    ...(root || idleSeconds !== null
      ? {
          ServerApp: {
            ...(root ? {allow_root: true} : {}),
            ...(idleSeconds === null ? {} : {shutdown_no_activity_timeout: idleSeconds}),
          },
        }
      : {}),
  };
}
