import type {Topic} from './failure.js';

/** What the command line of Docker and Compose says before anything starts. */
export const client: Topic = {
  title: "Docker's command line and Compose",
  failures: [
    {
      id: 'compose_too_old',
      signs: [
        [
          'resources.reservations',
          /deploy\.resources\.reservations (?:value )?(?:Additional propert(?:y|ies) .{0,60}devices|'devices' does not match any of the regexes)/i,
        ],
      ],
      cause:
        'this Compose does not know GPUs: docker-compose below 1.28 and `docker stack deploy` refuse `devices` under deploy.resources.reservations',
      fix: 'use the Compose plugin (docker compose, with a blank); or update docker-compose to 1.28 or later',
      sources: ['docker/compose#8142', 'iot-salzburg/gpu-jupyter#46', 'docker/cli#3135'],
      examples: [
        "services.trainer.deploy.resources.reservations value Additional properties are not allowed ('devices' was unexpected)",
        'services.trainer.deploy.resources.reservations Additional property devices is not allowed',
      ],
      explains: ['compose_file_invalid'],
    },
    {
      id: 'compose_file_invalid',
      signs: [
        [
          'additional propert',
          /\b(?:services|volumes|networks|secrets)\.[\w.-]{1,120} (?:value )?additional propert(?:y|ies) .{0,80}not allowed/i,
        ],
        ['is invalid because:', /Compose file .{1,200} is invalid because:/i],
      ],
      cause: 'the Compose file has a key at a place where Compose does not know it',
      fix: 'docker compose config names the place; GPUs stand under deploy.resources.reservations.devices',
      sources: ['https://docs.docker.com/compose/how-tos/gpu-support/', 'manascb1344/zonos-api#2'],
      examples: ['services.api.deploy.resources.limits Additional property devices is not allowed'],
    },
    {
      id: 'docker_plugin_missing',
      signs: [
        ['is not a docker command', /docker: '(?:compose|buildx)' is not a docker command/i],
        ['unknown command: docker', /unknown command: docker (?:compose|buildx)/i],
        ['unknown shorthand flag: ', /unknown shorthand flag: 'f' in -f/],
      ],
      cause: 'the plugin of Docker that this command belongs to is not installed',
      fix: 'install docker-compose-plugin or docker-buildx-plugin, from the repository that Docker came from',
      fixes: {
        debian: 'sudo apt-get install docker-compose-plugin docker-buildx-plugin (repository of Docker)',
        fedora: 'sudo dnf install docker-compose-plugin docker-buildx-plugin (repository of Docker)',
      },
      sources: ['https://docs.docker.com/compose/install/linux/'],
      examples: ["docker: 'compose' is not a docker command."],
    },
    {
      id: 'docker_api_mismatch',
      signs: [
        [
          'supported api version is',
          /client version [\d.]{3,6} is too (?:new|old)\. M(?:ax|in)imum supported API version is/i,
        ],
        ['client is newer than server', /client is newer than server \(client API version/i],
      ],
      cause:
        'the program that talks to Docker and the daemon are of different ages; Docker 29 takes API 1.44 and later only',
      fix: 'update the older of the two (docker version shows both); until then: export DOCKER_API_VERSION=NUMBER_OF_THE_MESSAGE',
      sources: ['docker/compose#13389', 'nektos/act#14', 'falcosecurity/driverkit#24'],
      examples: [
        'Error response from daemon: client version 1.42 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
      ],
    },
    {
      id: 'engine_too_old',
      signs: [
        ['unknown flag: --gpus', /unknown flag: --gpus(?![ =]?\w)/i],
        ['device_requests param', /device_requests param is not supported in API versions/i],
      ],
      cause: 'this Docker is older than 19.03, which brought --gpus; often only its client is',
      fix: 'update Docker and its client (docker version shows both)',
      sources: ['NVIDIA/nvidia-docker#1165', 'NVIDIA/nvidia-docker#1199', 'docker/compose#6691'],
      examples: ['unknown flag: --gpus'],
    },
    {
      id: 'gpus_list_not_quoted',
      signs: ['cannot set both count and deviceids'],
      cause: 'Docker reads the value of --gpus as a line of CSV: the comma in device=0,1 begins another field',
      fix: `quotes within quotes: docker run --gpus '"device=0,1"' …; or gpudock run --gpus 0,1`,
      sources: ['https://docs.docker.com/engine/containers/resource_constraints/#gpu', 'NVIDIA/nvidia-docker#1026'],
      examples: ['docker: Error response from daemon: cannot set both Count and DeviceIDs on device request.'],
    },
    {
      id: 'arguments_not_split',
      signs: [
        ['unknown flag: --gpus', /unknown flag: --gpus[ =](?:all\b|device\b|["'\d])/i],
        ['access denied for all', /pull access denied for all,/i],
      ],
      cause:
        'an option and its value were handed to Docker as one word, or the value alone: mostly runArgs of devcontainer.json',
      fix: 'one word each: "runArgs": ["--gpus", "all"]; or joined by =: "--gpus=all"',
      sources: [
        'microsoft/vscode-remote-release#2366',
        'microsoft/vscode-remote-release#6989',
        'timothygrant80/cisTEM#472',
      ],
      examples: ['unknown flag: --gpus all'],
      explains: ['registry_auth'],
    },
    {
      id: 'invalid_image_name',
      signs: ['invalid reference format'],
      cause:
        'what stands where the image is named is no name of an image: a blank, an upper-case letter, or a variable that is empty',
      fix: 'look at the command before the image: an option without its value, or quotes that are missing around a path',
      sources: ['https://docs.docker.com/reference/cli/docker/image/tag/'],
      examples: ['docker: invalid reference format: repository name must be lowercase.'],
    },
    {
      id: 'compose_file_invalid',
      signs: [
        ['yaml: line ', /\byaml: line \d{1,6}: \S/i],
        ['invalid compose project', /invalid compose project/i],
        [
          ' must be a ',
          /\b(?:services|volumes|networks)\.[\w.-]{1,120} must be a (?:list|mapping|string|boolean|number|integer)/i,
        ],
      ],
      cause: 'the Compose file cannot be read: its YAML is broken, or a value is of another kind than Compose expects',
      fix: 'docker compose config names the line; blanks in place of tabs, and a blank after each colon',
      sources: ['https://docs.docker.com/reference/compose-file/'],
      examples: ['yaml: line 12: did not find expected key', 'services.web.ports must be a list'],
    },
    {
      id: 'compose_file_missing',
      signs: ['no configuration file provided: not found'],
      cause: 'no Compose file is in this folder or in one above it',
      fix: 'go to its folder, or name it: docker compose -f PATH up',
      sources: ['https://docs.docker.com/compose/intro/compose-application-model/'],
      examples: ['no configuration file provided: not found'],
    },
    {
      id: 'no_terminal',
      signs: [
        ['input device is not a tty', /\bthe input device is not a TTY\b/i],
        [
          'cannot attach stdin to a tty',
          /cannot attach stdin to a TTY-enabled container because stdin is not a terminal/,
        ],
      ],
      cause: 'the command asks for a terminal (-t), and there is none: cron, a CI job or a pipe started it',
      fix: 'leave out -t: docker run -i, docker exec -i; with Compose: docker compose exec -T',
      sources: ['bdd/runitor#34', 'kata-containers/documentation#175', 'wpscanteam/wpscan#1169'],
      examples: ['the input device is not a TTY'],
    },
    {
      id: 'container_not_running',
      signs: [
        // Who stops a container that has stopped already lacks nothing.
        ['is not running', /(?<!cannot kill container: .{1,128})\bcontainer [0-9a-f]{12,64} is not running\b/i],
        'you cannot attach to a stopped container',
      ],
      cause: 'the container that the command is meant for has ended, or was never started',
      fix: 'docker ps -a shows its exit code and docker logs NAME why it ended; then docker start NAME',
      sources: ['docker/docs#9489', 'garylab/dnmp#137'],
      examples: [
        'Error response from daemon: container eefdb1980d0b3bd65dd0f1cf7cdcdc3ac5153fc36696aa8faf9a4512d93aacb0 is not running',
        'You cannot attach to a stopped container, start it first',
      ],
      vague: true,
    },
    {
      id: 'container_network_missing',
      signs: [
        ['docker: error response', /docker: Error response from daemon: network [\w.-]{1,128} not found/],
        ['declared as external', /network "?[\w.-]{0,128}"? declared as external, but could not be found/i],
      ],
      cause: 'the network that the container is to join does not exist on this engine',
      fix: 'docker network create NAME; docker network ls shows those that exist',
      sources: ['Aetrius/Bambulabs-Exporter#7', 'benisai/Openwrt-Monitoring#3'],
      examples: [
        'docker: Error response from daemon: network training not found',
        'network bambulabs-exporter_default declared as external, but could not be found',
      ],
    },
    {
      id: 'container_limit_invalid',
      signs: [
        ['range of cpus is from', /range of CPUs is from [\d.]{1,8} to [\d.]{1,8}, as there are only/i],
        'requested cpus are not available',
        'minimum memory limit allowed is',
        ['invalid suffix: ', /invalid argument "[^"]{0,40}" for "[^"]{1,40}" flag: invalid suffix: /],
      ],
      cause:
        'the container is given processors or memory in a way that this machine cannot: more than it has, or mistyped',
      fix: 'nproc and free -h show what there is; lower --cpus, --cpuset-cpus, --memory, --shm-size (cpus and mem_limit in the Compose file)',
      sources: ['samugit83/redamon#163', 'zyycn/codex-proxy-rs#91', 'docker/compose#3306'],
      examples: [
        'docker: Error response from daemon: Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
        'docker: Error response from daemon: Minimum memory limit allowed is 6MB',
        `invalid argument "9x" for "-m, --memory" flag: invalid suffix: 'x'`,
      ],
    },
  ],
};
