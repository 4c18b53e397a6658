declare module 'jasmine-core/lib/jasmine-core/jasmine.js' {
  const jasmineRequire: any;
  export default jasmineRequire;
}
