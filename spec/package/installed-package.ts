/**
 * The package as a user has it: packed, and placed in an empty folder with only the packages that it depends on. They
 * are links to those of this repository, so that nothing is downloaded.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

interface Manifest {
  readonly bin: { readonly assay: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<
    Record<string, string | { readonly types: string; readonly node?: string; readonly default: string }>
  >;
  readonly scripts: Readonly<Record<string, string>>;
}

export class InstalledPackage {
  /** The user's folder. */
  readonly folder: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  readonly manifest: Manifest;

  /** Packs the built package. */
  constructor() {
    this.folder = mkdtempSync(join(realpathSync(tmpdir()), 'assay-user-'));
    // npm is a shell script on some systems.
    const packed = spawnSync(`npm pack --ignore-scripts --json --pack-destination "${this.folder}"`, {
      encoding: 'utf8',
      shell: true,
    });
    if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
    const [tarball] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
    this.files = tarball.files.map(({ path }) => path);
    mkdirSync(this.path('.'), { recursive: true });
    const { status, stderr } = spawnSync(
      'tar',
      ['-xzf', tarball.filename, '-C', this.path('.'), '--strip-components=1'],
      {
        cwd: this.folder,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`tar failed: ${stderr}`);
    this.manifest = JSON.parse(readFileSync(this.path('package.json'), 'utf8')) as Manifest;
    writeFileSync(join(this.folder, 'package.json'), '{"type":"module"}');
    for (const name of Object.keys(this.manifest.dependencies)) this.link(name);
  }

  /** The path of a file of the package. */
  path(file: string): string {
    return join(this.folder, 'node_modules', 'assay', file);
  }

  /** Installs a package beside it. */
  link(name: string): void {
    const target = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(resolve('node_modules', name), target, 'junction');
  }

  /** Runs a module of a user. */
  runModule(code: string): Ran {
    writeFileSync(join(this.folder, 'module.js'), code);
    return this.#run(['module.js']);
  }

  /** Runs the program of the package. */
  runProgram(...args: readonly string[]): Ran {
    return this.#run([this.path(this.manifest.bin.assay), ...args]);
  }

  #run(args: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: this.folder, encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
