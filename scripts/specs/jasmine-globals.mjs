import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';

// The specs take jasmine's functions from the global object.
const jasmine = jasmineRequire.core(jasmineRequire);
Object.assign(globalThis, jasmineRequire.interface(jasmine, jasmine.getEnv({ suppressLoadErrors: true })), { jasmine });
