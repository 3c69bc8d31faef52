import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this platform keeps what programs store for their user. */
export function dataDirectory(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  if (platform === 'win32') return environment.LOCALAPPDATA || join(home, 'AppData', 'Local');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  // By its specification, a relative path in this variable is to be ignored.
  const configured = environment.XDG_DATA_HOME;
  return configured?.startsWith('/') ? configured : join(home, '.local', 'share');
}
