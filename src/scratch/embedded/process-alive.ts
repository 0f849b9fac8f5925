/**
 * Whether a process with this id exists. A process of another user counts (EPERM means that it is there); a number that was
 * given to another process since does too, so never signal anything on this answer alone.
 */
export function processAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
