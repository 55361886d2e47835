/**
 * The address by which VS Code opens a folder in a running container. Dev Containers reads the container out of a JSON
 * text in hexadecimal; `engine` is named where it is not the one that docker itself would ask (DOCKER_HOST's form).
 */
export function vscodeAddress(name: string, engine: string | null): string {
  const container = {containerName: `/${name}`, ...(engine === null ? {} : {settings: {host: engine}})};
  return `vscode-remote://attached-container+${Buffer.from(JSON.stringify(container)).toString('hex')}/workspace`;
}
