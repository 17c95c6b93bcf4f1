/**
 * The build of Stryker's sandbox: writes `dist` for the given changed files only. They are compiled in a program, not
 * one by one, because constant enumerations of other files are inlined; types are not checked.
 */
import ts from 'typescript';

const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { tsBuildInfoFile: _none, ...options } = ts.parseJsonConfigFileContent(config, ts.sys, '.').options;
const files = process.argv.slice(2);
const program = ts.createProgram(files, {
  ...options,
  noCheck: true,
  incremental: false,
  declaration: false,
});
for (const name of files) {
  const { emitSkipped } = program.emit(program.getSourceFile(name));
  if (emitSkipped) throw new Error(`${name} could not be compiled`);
}
