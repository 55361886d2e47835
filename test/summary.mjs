/** Prints the totals alone on a line, and fails a run in which no engine test was executed. */
export default class Summary {
  #engineRan = true;

  onRunComplete(_, {numPassedTests, numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites, testResults}) {
    const engine = testResults.filter(({displayName}) => displayName?.name === 'engine');
    const executed = engine.reduce((sum, suite) => sum + suite.numPassingTests + suite.numFailingTests, 0);
    this.#engineRan = process.env.CI === undefined || executed > 0;
    const failed = numFailedTests + numRuntimeErrorTestSuites + (this.#engineRan ? 0 : 1);
    process.stdout.write(`\n${numPassedTests} passed, ${Math.max(failed, numFailedTestSuites > 0 ? 1 : 0)} failed\n`);
  }

  getLastError() {
    return this.#engineRan ? undefined : new Error('no engine test was executed: start the lab with npm run lab -- up');
  }
}
