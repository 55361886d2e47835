/**
 * The container that a process of this machine runs in, from its `/proc/PID/cgroup`: engines name a container's control
 * group after its id (64 hexadecimal digits; with systemd `docker-ID.scope`, `libpod-ID.scope`). The innermost counts.
 * null: none.
 */
export function containerOf(cgroup: string): string | null {
  return (
    cgroup
      .slice(0, LONGEST)
      .match(/[0-9a-f]{64}/g)
      ?.at(-1) ?? null
  );
}

/** Characters of the file that are looked at: a dozen controllers with long names. */
const LONGEST = 16_384;
