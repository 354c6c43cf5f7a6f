import { CliError } from "./cli-error.ts";

/** `ENOENT`, `EACCES`…, or undefined for what is no error of the file system. */
export function fsCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** For `.catch`: a file that the command was told of and that cannot be read or written. */
export function fileError(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof CliError) throw error;
    switch (fsCode(error)) {
      case "ENOENT":
        throw new CliError("NOT_FOUND", `there is no ${path}`);
      case "EEXIST":
        throw new CliError("FILE", `${path} exists already`, "name another, or move it away");
      case "EACCES":
      case "EPERM":
        throw new CliError("FILE", `no permission for ${path}`, "run this as the user to whom it belongs");
      case "EROFS":
        throw new CliError("FILE", `${path} is on a file system that is read-only`, "mount it for writing");
      case "ENOSPC":
      case "EDQUOT":
        throw new CliError("DISK_FULL", `no space left for ${path}`, "free some, and repeat the command");
      case "ENOTDIR":
        throw new CliError("FILE", `${path} is in something that is no directory`);
      case "EISDIR":
        throw new CliError("FILE", `${path} is a directory`);
      case undefined:
        throw error;
      default:
        throw new CliError("FILE", `${path}: ${fsCode(error)}`);
    }
  };
}
