#!/usr/bin/env node
const {homedir, userInfo} = require('node:os');
const {dirname, join} = require('node:path');

// The version needs no framework: scripts ask for it often.
if (process.argv.length === 3 && process.argv[2] === '--version') {
  const {name, version} = require('../package.json');
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else if (process.argv[2] === '__complete') {
  // So do shells, at each Tab.
  useCompiledCode();
  require('../dist/complete.js').complete(process.argv.slice(3));
} else {
  standInForPasswd(process.env);
  // These say that they changed nothing on the machine: not even a cache is left there.
  if (!['setup', 'doctor'].includes(process.argv[2])) useCompiledCode();
  require('../dist/main.js').main(dirname(__dirname));
}

/** In the user's own folder: Node's default is one for all users in the temporary folder. */
function useCompiledCode() {
  const {NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME} = process.env;
  const caches = XDG_CACHE_HOME || (HOME ? `${HOME}/.cache` : null);
  const folder = NODE_COMPILE_CACHE || (caches === null ? null : `${caches}/gpudock/compiled`);
  if (folder !== null) require('./compiled-code.js').keepCompiledCode(join(dirname(__dirname), 'dist'), folder);
}

/**
 * A uid without an entry in the passwd file (a container's `--user`, a directory service that is away) has neither
 * home nor shell, and Node throws when it is asked for one that the environment does not say. The framework asks for
 * both as it loads. Such a user gets what a container engine gives: the root folder as home, and `sh`.
 */
function standInForPasswd(env) {
  if (env.HOME === undefined && throws(homedir)) env.HOME = '/';
  if (env.SHELL === undefined && throws(userInfo)) env.SHELL = '/bin/sh';
}

function throws(ask) {
  try {
    ask();
    return false;
  } catch {
    return true;
  }
}
