/** A web application of the project's. */
export interface Application {
  /** What serves it: ASGI applications need uvicorn, WSGI ones gunicorn. */
  server: 'uvicorn' | 'gunicorn';
  /** `module:attribute`, as both servers name it. */
  target: string;
}

/** Files that hold an application by custom, the likeliest first. */
export const APPLICATION_FILES = [
  'app.py',
  'main.py',
  'asgi.py',
  'wsgi.py',
  'server.py',
  'app/main.py',
  'app/__init__.py',
  'src/app.py',
  'src/main.py',
] as const;

const MAKERS = {
  uvicorn:
    /^([A-Za-z_]\w*)(?:[ \t]*:[ \t]*[\w.]+)?[ \t]*=[ \t]*(?:[\w.]*\.)?(?:FastAPI|Starlette|Quart|get_asgi_application)\(/m,
  gunicorn: /^([A-Za-z_]\w*)(?:[ \t]*:[ \t]*[\w.]+)?[ \t]*=[ \t]*(?:[\w.]*\.)?(?:Flask|Bottle|get_wsgi_application)\(/m,
} as const;

/** The first application that the texts of those files make; null: none does. */
export function findApplication(texts: ReadonlyMap<string, string>): Application | null {
  for (const path of APPLICATION_FILES) {
    const text = texts.get(path);
    for (const server of text === undefined ? [] : (['uvicorn', 'gunicorn'] as const)) {
      const name = MAKERS[server].exec(text ?? '')?.[1];
      if (name !== undefined) return {server, target: `${moduleOf(path)}:${name}`};
    }
  }
  return null;
}

/**
 * The application that a person names, `module:attribute`. Its server is the one among the project's packages, else the one
 * that its kind needs, where it was `found`. Null: nothing says which.
 */
export function namedApplication(
  target: string,
  requirements: readonly {name: string}[],
  found: Application | null,
): Application | null {
  const named = (['uvicorn', 'gunicorn'] as const).find(server => requirements.some(({name}) => name === server));
  const server = named ?? (found?.target === target ? found.server : null);
  return server === null || !/^[\w.]+:[\w.]+$/.test(target) ? null : {server, target};
}

const moduleOf = (path: string): string =>
  path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
