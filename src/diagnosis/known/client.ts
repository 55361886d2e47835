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
  ],
};
