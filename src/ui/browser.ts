/** Opens the link where a person can see it: never over ssh, never without a display. Failing to is no failure. */
export async function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const display = process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  if (!process.stdout.isTTY || env.SSH_CONNECTION || !display) return;
  const {default: open} = await import('open');
  await open(url).catch(() => undefined);
}
