import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A process of utilityProcess: Node, with Electron's parentPort put over Node's own channel. */
export class FakeProcess extends EventEmitter {
  readonly child: ChildProcess;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly env: Record<string, string>;

  constructor(module: string, args: string[], options: { env: Record<string, string> }) {
    super();
    this.env = options.env;
    this.child = fork(module, args, {
      env: options.env,
      silent: true,
      execArgv: ['--import', join(import.meta.dirname, 'parent-port.mjs')],
    });
    this.stdout = this.child.stdout;
    this.stderr = this.child.stderr;
    this.child.on('message', (message) => this.emit('message', message));
    this.child.once('exit', (code) => this.emit('exit', code ?? 1));
  }
  get pid() {
    return this.child.pid;
  }
  postMessage(message: unknown) {
    this.child.send({ data: message });
  }
  kill() {
    return this.child.kill('SIGTERM');
  }
}
