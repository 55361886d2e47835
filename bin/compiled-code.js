const {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const Module = require('node:module');
const {basename, dirname, join, sep} = require('node:path');
const {Script} = require('node:vm');

/** Kept for so many pairs of a Node and a gpudock: who goes back to one of them finds it. */
const KEPT = 4;

/**
 * Keeps the compiled code of `dist` in `folder` from run to run, as Node 22 does by itself: with each function that ran, so
 * that the next run compiles none of them. Whoever may write there has code run: a folder of another user is not used.
 */
exports.keepCompiledCode = (dist, folder) => {
  if (!isOwn(folder)) return;
  if (Module.enableCompileCache !== undefined) {
    Module.enableCompileCache(folder);
    return;
  }
  const kept = placeFor(dist, folder);
  if (kept === null) return;
  /** Those whose code is not kept yet. */
  const scripts = new Map();
  // A command that runs for the first time has functions compiled that the code kept so far lacks.
  const mark = join(kept, `ran-${command(dist)}`);
  const known = existsSync(mark);
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, filename) {
    if (!filename.startsWith(dist + sep)) return compile.call(this, text, filename);
    const file = join(kept, `${filename.slice(dist.length + 1).replaceAll(sep, '-')}.code`);
    const cachedData = read(file);
    const script = new Script(Module.wrap(text), {filename, cachedData});
    if (!known || cachedData === undefined || script.cachedDataRejected) scripts.set(file, script);
    const requireHere = Object.assign(id => this.require(id), {
      resolve: (id, options) => Module._resolveFilename(id, this, false, options),
      main: process.mainModule,
      cache: Module._cache,
      extensions: Module._extensions,
    });
    const {exports: made} = this;
    return script.runInThisContext().call(made, made, requireHere, this, filename, dirname(filename));
  };
  process.once('exit', () => {
    for (const [file, script] of scripts) write(file, script.createCachedData());
    if (!known) write(mark, '');
  });
};

/** Made where it is missing. Level by level: where none can be made, as under /proc, `recursive` never ends. */
function isOwn(folder) {
  try {
    for (const level of [dirname(dirname(folder)), dirname(folder), folder])
      if (!existsSync(level)) mkdirSync(level, {mode: 0o700});
    const {uid, mode} = statSync(folder);
    return uid === process.geteuid() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Of this Node and of this build: V8 compares its own version and flags, and no more of a source than its length. */
function placeFor(dist, folder) {
  const build = read(join(dist, 'fingerprint'));
  if (build === undefined) return null;
  const place = join(folder, `${process.version}-${process.arch}-${build}`);
  if (existsSync(place)) return place;
  try {
    mkdirSync(place, {mode: 0o700});
    const others = readdirSync(folder).map(name => join(folder, name));
    others.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
    for (const old of others.slice(KEPT)) rmSync(old, {recursive: true, force: true});
  } catch {
    // Another run makes or clears it at this moment.
  }
  return place;
}

/** The command that runs, by the name of its file; '' where there is none. */
function command(dist) {
  const [word = ''] = process.argv.slice(2);
  const name = /^[a-z-]+$/.test(word) ? word : '';
  const path = join(dist, 'commands', name);
  return existsSync(`${path}.js`) || existsSync(path) ? name : '';
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all. A folder that cannot be written keeps nothing. */
function write(file, data) {
  const part = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    writeFileSync(part, data, {mode: 0o600});
    renameSync(part, file);
  } catch {
    rmSync(part, {force: true});
  }
}
