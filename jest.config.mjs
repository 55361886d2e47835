const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {'^(\\.{1,2}/.*)\\.js$': '$1'},
  transform: {
    '\\.ts$': ['@swc/jest', {jsc: {parser: {syntax: 'typescript'}, target: 'es2022'}, module: {type: 'es6'}}],
  },
  setupFiles: ['<rootDir>/test/console.ts'],
};

export default {
  projects: [
    {...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts']},
    {
      ...shared,
      displayName: 'engine',
      testMatch: ['<rootDir>/test/engine/**/*.test.ts'],
      globalSetup: '<rootDir>/test/lab/setup.ts',
      globalTeardown: '<rootDir>/test/lab/teardown.ts',
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      globalSetup: '<rootDir>/test/lab/setup.ts',
      globalTeardown: '<rootDir>/test/lab/teardown.ts',
    },
  ],
  testTimeout: 60_000,
};
