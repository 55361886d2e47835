import type {Topic} from './failure.js';

/** What comes between an engine, or a package installer, and the network. */
export const registry: Topic = {
  title: 'Registries and network',
  failures: [
    {
      id: 'manifest_unknown',
      signs: [
        'manifest unknown',
        ['name unknown', /name unknown: (?:Repo|repository)\b/i],
        ['manifest for', /manifest for \S{1,200} not found/i],
        [
          ': not found',
          /(?:docker\.io|nvcr\.io|ghcr\.io|quay\.io|gcr\.io)\/[\w./-]{1,160}(?::[\w.-]{1,128})?(?:@sha256:\w{1,64})?"?: not found/i,
        ],
        ['failed to resolve source metadata', /failed to resolve source metadata for \S{1,200}: \S{1,200}: not found/i],
      ],
      cause:
        'the tag never existed or was deleted: NVIDIA removes CUDA tags some months after their end of life, and has no "latest"',
      fix: 'take a tag that exists (gpudock match), and pin it by digest or mirror it',
      sources: ['NVIDIA/nvidia-docker#1768', 'NVIDIA/nvidia-docker#1454', 'NVIDIA/nvidia-docker#1735'],
      examples: [
        'manifest for nvidia/cuda:11.3.0-base-ubuntu20.04 not found: manifest unknown: manifest unknown',
        'ERROR: failed to solve: docker.io/nvidia/cuda:12.1.0-base-ubuntu22.04: not found',
      ],
      explains: ['build_step_failed'],
    },
    {
      id: 'registry_auth',
      signs: [
        'pull access denied',
        [
          'unauthorized:',
          /(?:error|denied|registry|daemon|pull|push|nvcr\.io|resolve).{0,200}unauthorized: ?(?:authentication required|access|incorrect|your|the|Not)/i,
        ],
        ['unauthorized: incorrect', /unauthorized: incorrect username or password/i],
        ['error getting credentials', /error getting credentials - err: exec/i],
        [
          'failed to fetch anonymous token',
          /failed to fetch anonymous token.{0,200}(?:40[13]|denied|forbidden|unauthorized)|(?:401|403) \w{4,12}: failed to fetch anonymous token/i,
        ],
        ['unauthorized:', /(?:Get|Head) "https?:\/\/\S{1,200}\/v2\/\S{0,300}": unauthorized: </i],
        [
          'authorization failed',
          /(?:pull|insufficient_scope|resolve|registry|server message).{0,200}authorization failed/i,
        ],
        ['insufficient_scope', /insufficient_scope/],
        ['/manifests/', /(?:Head|Get) "https:\/\/\S{1,200}\/manifests\/\S{1,160}: denied\b/i],
        ['requested access to the resource is denied', /requested access to the resource is denied/i],
        [
          'failed with status code',
          /pulling from host \S{1,100} failed with status code \[manifests [^\]]{1,160}\]: 40[13]\b/i,
        ],
        ['no basic auth credentials', /no basic auth credentials/i],
        ['failed to fetch oauth token', /failed to (?:fetch|authorize).{0,160}(?:401|403)\b/i],
        ['failed to authorize', /failed to authorize: .{0,240}(?:401|403)\b/i],
      ],
      cause: 'the registry refuses: not logged in, no right to this image, or a name that does not exist',
      fix: 'docker login REGISTRY (nvcr.io: user $oauthtoken, password an NGC API key); check the spelling of the name',
      sources: [
        'https://docs.nvidia.com/ngc/gpu-cloud/ngc-user-guide/',
        'https://docs.docker.com/reference/cli/docker/login/',
      ],
      examples: [
        "docker: Error response from daemon: pull access denied for acme/private, repository does not exist or may require 'docker login': denied: requested access to the resource is denied.",
        'Error response from daemon: unauthorized: authentication required',
      ],
      explains: ['build_step_failed', 'manifest_unknown'],
    },
    {
      id: 'registry_rate_limited',
      signs: [
        'toomanyrequests',
        'pull rate limit',
        ['too many requests', /(?:registry|pull|manifests|docker\.io|blobs|image).{0,200}Too Many Requests/i],
      ],
      cause: 'the registry answers no more pulls from this address for now',
      fix: 'docker login, or wait; use a mirror ("registry-mirrors" in daemon.json)',
      sources: ['docker/hub-feedback#2388', 'https://docs.docker.com/docker-hub/usage/'],
      examples: [
        'Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
      ],
      explains: ['registry_auth', 'build_step_failed'],
    },
    {
      id: 'registry_tls',
      signs: [
        'x509: certificate',
        'x509: cannot validate',
        ['certificate is not trusted', /x509: .{1,120}certificate is not trusted/i],
        'failed to verify certificate',
        'certificate_verify_failed',
        'certificate verify failed',
        ['http response to https client', /server gave HTTP response to HTTPS client/i],
        ['self-signed certificate', /(?:SSL|TLS|error|npm|curl).{0,120}self-signed certificate/i],
        ['self signed certificate', /(?:SSL|TLS|error|npm|curl|reason).{0,200}self signed certificate/i],
        ['self_signed_cert_in_chain', /SELF_SIGNED_CERT_IN_CHAIN/],
        'server certificate verification failed',
        ['certificate verification failed:', /Certificate verification failed: The certificate is NOT trusted/i],
        ['invalid peer certificate', /invalid peer certificate: \w{4,40}/i],
        ['unable to get local issuer', /unable to get local issuer certificate/i],
      ],
      cause:
        'the certificate of the other side is not accepted: expired, of another name, signed by a company proxy, or the registry speaks plain HTTP',
      fix: 'check the clock (timedatectl); put the CA into /etc/docker/certs.d/REGISTRY/ca.crt (engine) or the build (PIP_CERT, REQUESTS_CA_BUNDLE); a plain HTTP registry needs "insecure-registries"',
      fixes: {
        debian:
          'sudo cp CA.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates && sudo systemctl restart docker; where the clock is wrong: sudo timedatectl set-ntp true',
        fedora:
          'sudo cp CA.crt /etc/pki/ca-trust/source/anchors/ && sudo update-ca-trust && sudo systemctl restart docker; where the clock is wrong: sudo timedatectl set-ntp true',
        suse: 'sudo cp CA.crt /etc/pki/trust/anchors/ && sudo update-ca-certificates && sudo systemctl restart docker; where the clock is wrong: sudo timedatectl set-ntp true',
        arch: 'sudo trust anchor --store CA.crt && sudo systemctl restart docker; where the clock is wrong: sudo timedatectl set-ntp true',
        wsl: 'put the CA certificate into /usr/local/share/ca-certificates, then: sudo update-ca-certificates && sudo service docker restart; where the clock is wrong: wsl --shutdown',
      },
      sources: ['replicate/cog#2627', 'mlflow/mlflow#13359', 'https://docs.docker.com/engine/security/certificates/'],
      examples: [
        'Error response from daemon: Get "https://registry.example.com/v2/": x509: certificate signed by unknown authority',
        'http: server gave HTTP response to HTTPS client',
        "WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate'))': /simple/torch/",
      ],
      explains: ['pip_no_matching_version', 'build_step_failed', 'apt_stale_index'],
    },
    {
      id: 'registry_proxy',
      signs: [
        ['proxyconnect', /proxyconnect tcp: /i],
        ['cannot connect to proxy', /Cannot connect to proxy/i],
        ['tunnel connection failed', /Tunnel connection failed: \d{3}/i],
        ['proxy authentication required', /407 .{0,20}Proxy Authentication Required|Proxy Authentication Required/i],
        ['from proxy after connect', /Received HTTP code \d{3} from proxy after CONNECT/i],
        ['unable to connect to proxy', /unable to connect to (?:the )?proxy/i],
        ['could not resolve proxy', /Could not resolve proxy/i],
        [
          'could not connect to',
          /(?:W|E): Failed to fetch .{1,300}Could not connect to \S{1,100}:(?!80\b|443\b)\d{2,5} \(/,
        ],
      ],
      cause:
        'the proxy that is set does not answer, or refuses; inside the engine 127.0.0.1 is not the proxy of the host',
      fix: 'set the proxy for the daemon (/etc/systemd/system/docker.service.d/proxy.conf) and for builds (~/.docker/config.json) to an address that both reach; or unset it',
      sources: ['docker/cli#5138', 'docker/cli#5166', 'https://docs.docker.com/engine/daemon/proxy/'],
      examples: [
        'proxyconnect tcp: dial tcp 127.0.0.1:10808: connect: connection refused',
        "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))",
      ],
      explains: [
        'registry_dns',
        'registry_unreachable',
        'pip_no_matching_version',
        'build_step_failed',
        'apt_stale_index',
      ],
    },
    {
      id: 'registry_dns',
      signs: [
        ['no such host', /(?:lookup|dial tcp).{0,160}no such host/i],
        ['temporary failure in name resolution', /Temporary failure in name resolution/i],
        ['temporary failure resolving', /Temporary failure resolving/i],
        ['could not resolve', /Could not resolve '[\w.-]{4,100}'/i],
        ['could not resolve host', /Could not resolve host/i],
        ['server misbehaving', /lookup \S{1,120} on \S{1,60}: server misbehaving/i],
        ['i/o timeout', /lookup [\w.-]{1,120}.{0,120}: i\/o timeout/i],
        ['connection refused', /lookup [\w.-]{1,120} on .{0,120}: read: connection refused/i],
        [
          'name or service not known',
          /(?:Errno -2\]|resolve|getaddrinfo|curl|wget|pip|urlopen|unable).{0,80}Name or service not known/i,
        ],
        ['nodename nor servname', /nodename nor servname provided/i],
        ['getaddrinfo', /getaddrinfo (?:EAI_AGAIN|ENOTFOUND)/],
        ['unable to resolve host address', /unable to resolve host address/i],
        ['name resolution', /NameResolutionError/],
      ],
      cause: 'a host name could not be resolved: no network, no DNS in the engine, or a wrong name',
      fix: 'docker run --rm busybox nslookup registry-1.docker.io; if only containers fail: set "dns" in daemon.json, and restart Docker',
      sources: ['https://docs.docker.com/engine/daemon/troubleshoot/', 'docker/hub-feedback#2388'],
      examples: [
        'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host',
        "Err:1 http://archive.example.com/ubuntu jammy InRelease  Temporary failure resolving 'archive.example.com'",
        'curl: (6) Could not resolve host: github.com',
      ],
      explains: [
        'pip_no_matching_version',
        'build_step_failed',
        'apt_stale_index',
        'apt_package_missing',
        'registry_unreachable',
        'docker_daemon_unreachable',
      ],
    },
    {
      id: 'registry_unreachable',
      signs: [
        ['tls handshake timeout', /net\/http: TLS handshake timeout/i],
        ['client.timeout exceeded', /net\/http: request canceled.{0,80}Client\.Timeout exceeded/i],
        [
          'dial tcp ',
          /(?:Get|Head|pull|registry|resolve|fetch).{0,200}dial tcp \S{1,60}: (?:connect: (?:connection refused|no route to host|network is unreachable)|i\/o timeout)/i,
        ],
        [
          'newconnectionerror',
          /NewConnectionError\(.{0,300}(?:Connection refused|Network is unreachable|No route to host|timed out)/,
        ],
        ['connecttimeouterror', /ConnectTimeoutError\(/],
        ['context deadline exceeded', /(?:Get|Head) "https?:\/\/\S{1,200}\/v2\/\S{0,300}": context deadline exceeded/i],
        [
          'connection reset by peer',
          /(?:Get|Head) "https?:\/\/\S{1,300}": read tcp \S{1,100}: read: connection reset by peer/i,
        ],
        ['connection timed out', /(?:E|W): Failed to fetch .{1,300}Connection timed out/],
        ['could not connect to', /(?:W|E): Failed to fetch .{1,300}Could not connect to \S{1,100}:(?:80|443) \(/],
        ['failed to connect to', /(?:curl|fatal): .{0,300}Failed to connect to \S{1,100} port \d{1,5}/i],
        ['condahttperror', /CondaHTTPError: HTTP 000 CONNECTION FAILED/i],
        ['read timed out', /ReadTimeoutError.{0,200}Read timed out/i],
      ],
      cause: 'the registry does not answer: a firewall, a proxy that is not set for the engine, or a broken line',
      fix: 'curl -sSI https://registry-1.docker.io/v2/ on the host; set the proxy of the daemon, or a mirror ("registry-mirrors" in daemon.json)',
      sources: ['docker/hub-feedback#2388', 'Project-MONAI/MONAI#1209'],
      examples: [
        'Error response from daemon: Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
        'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp 44.205.64.79:443: i/o timeout',
      ],
      explains: ['build_step_failed', 'pip_no_matching_version'],
    },
    {
      id: 'image_layer_corrupt',
      signs: [
        [
          'failed to register layer',
          /failed to register layer: (?!.{0,200}(?:no space left|cannot be mapped|lchown|operation not permitted|unshare))/i,
        ],
        ['filesystem layer verification failed', /filesystem layer verification failed/i],
        ['failed to extract layer', /failed to extract layer (?!.{0,300}(?:no space left|not permitted))/i],
        ['layer does not exist', /layer does not exist/i],
        ['archive/tar: invalid tar header', /archive\/tar: invalid tar header/i],
        ['unexpected commit digest', /unexpected commit (?:digest|size)/i],
        ['failed to read expected number of bytes', /failed to read expected number of bytes/i],
        ['invalid checksum', /(?:gzip|flate|zstd|layer).{0,60}invalid checksum/i],
        ['unexpected eof', /(?:failed to (?:copy|register)|download failed|layer|blob).{0,160}unexpected EOF/i],
        ['corrupt input', /flate: corrupt input/i],
      ],
      cause: 'a layer of the image is damaged, in the transfer or in the store of the engine',
      fix: 'docker image rm IMAGE, and pull again; if it returns: docker system df, and check the disk',
      sources: ['moby/moby:distribution/pull_v2.go'],
      examples: [
        'filesystem layer verification failed for digest sha256:1a2b3c',
        'failed to register layer: archive/tar: invalid tar header',
      ],
    },
  ],
};
