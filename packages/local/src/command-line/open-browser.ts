import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The program of each system that opens an address with the user's browser. */
const OPENERS: Readonly<
  Partial<Record<NodeJS.Platform, readonly [program: string, ...first: readonly string[]]>>
> = {
  darwin: ['open'],
  // The first argument of `start` in quotation marks would be the title of a window.
  win32: ['cmd', '/c', 'start', '""'],
};
const OTHERS = ['xdg-open'] as const;

/** Opens an address. @returns whether there is a program for it */
export async function openBrowser(address: string): Promise<boolean> {
  const [program, ...first] = OPENERS[process.platform] ?? OTHERS;
  const child = spawn(program, [...first, address], { stdio: 'ignore', detached: true });
  child.unref();
  return Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)]).catch(
    () => false,
  );
}
