/** `entente` and a command; `help` and `verify` are about no directory. */
const COMMAND = /\bentente (?!help\b|verify\b)(?=[a-z])/g;

/** Commands in a text to be copied, for the directory that was named on the command line, if one was. */
export function forDataDir(text: string, named: string | undefined): string {
  return named === undefined ? text : text.replaceAll(COMMAND, () => `entente --data ${quoted(named)} `);
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
