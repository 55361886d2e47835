import {asRoot, type Check, mendable} from '../diagnosis.js';

/** The engine refused this user. */
export const dockerGroup: Check = (host, {system}) => {
  const {user, findings} = host;
  if (!findings.some(({id}) => id === 'docker_permission_denied') || !system.dockerGroup || user.name === null)
    return [];
  const {gid, members} = system.dockerGroup;
  const finding = {
    id: 'docker_permission_denied',
    severity: 'error' as const,
    source: 'https://docs.docker.com/engine/install/linux-postinstall/',
  };
  if (members.includes(user.name) && !user.groups?.includes(gid)) {
    return [
      {
        ...finding,
        cause: `${user.name} was put into the group docker, and this session began before that`,
        fix: 'log out and in again, or: newgrp docker',
      },
    ];
  }
  return [
    mendable(
      {
        ...finding,
        cause: `${user.name} is not in the group docker, and so may not open Docker's socket (the group gives root rights)`,
      },
      {
        steps: [asRoot(host, 'usermod', '-aG', 'docker', user.name)],
        undo: [asRoot(host, 'gpasswd', '-d', user.name, 'docker')],
      },
    ),
  ];
};
