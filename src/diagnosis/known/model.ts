import type {Topic} from './failure.js';

/** What keeps a model server from loading its model. */
export const model: Topic = {
  title: 'Models and their servers',
  failures: [
    {
      id: 'model_access_denied',
      signs: [
        'cannot access gated repo',
        'trying to access a gated repo',
        ['gatedrepoerror', /GatedRepoError\b/],
        ['client error:', /40[13] Client Error: (?:Unauthorized|Forbidden) for url: https:\/\/huggingface\.co/i],
      ],
      cause: 'the model is gated: its owner grants access to accounts, and the container has no token of one',
      fix: 'ask for access on the page of the model, then pass a token: -e HF_TOKEN',
      sources: [
        'https://huggingface.co/docs/hub/models-gated',
        'xorbitsai/inference#433',
        'huggingface/text-generation-inference#827',
      ],
      examples: [
        'Cannot access gated repo for url https://huggingface.co/api/models/meta-llama/Llama-2-7b-chat-hf.',
        'OSError: You are trying to access a gated repo.',
      ],
    },
    {
      id: 'model_not_found',
      signs: [
        ['incorrect path_or_model_id', /Incorrect path_or_model_id: /],
        ['repository not found for url', /Repository Not Found for url: https:\/\/huggingface\.co/],
        ['a valid model identifier', /is not a local folder and is not a valid model identifier/i],
      ],
      cause:
        'the hub has no model of that name for this account: a spelling, a private model, or a folder that is not mounted',
      fix: 'check the name; pass a token for a private model (-e HF_TOKEN); for a local folder mount it with -v, and name its path in the container',
      sources: ['https://huggingface.co/docs/huggingface_hub/package_reference/utilities'],
      examples: [
        'huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. Repository Not Found for url: https://huggingface.co/api/models/acme/nothing.',
      ],
    },
    {
      id: 'model_hub_unreachable',
      signs: [
        ['to load the files', /couldn't connect to 'https:\/\/huggingface\.co' to load the files/i],
        ['localentrynotfounderror', /LocalEntryNotFoundError: /],
      ],
      cause: 'the model is not in the cache of the container, and the hub cannot be reached',
      fix: 'check the network and proxy of the container; or fetch the model outside and mount the cache (-v ~/.cache/huggingface:/root/.cache/huggingface)',
      sources: ['https://huggingface.co/docs/transformers/installation#offline-mode'],
      examples: [
        "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files.",
      ],
    },
    {
      id: 'model_file_damaged',
      signs: [
        ['error while deserializing header', /SafetensorError: Error while deserializing header/],
        ['failed finding central directory', /failed finding central directory/],
        ['unable to load weights', /Unable to load weights from .{1,200} file/],
      ],
      cause: 'a file of the model is cut off, or is the pointer that Git LFS leaves in its place',
      fix: 'compare the size of the file with that on the hub, and fetch it again (hf download MODEL, or git lfs pull)',
      sources: ['huggingface/safetensors:README.md'],
      examples: ['safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge'],
    },
    {
      id: 'model_architecture_unknown',
      signs: [
        ['does not recognize this architecture', /Transformers does not recognize this architecture/i],
        ['unknown model architecture', /unknown model architecture: /i],
        ['are not supported for now', /Model architectures \[.{1,160}\] are not supported for now/i],
      ],
      cause: 'the model is newer than the server or the transformers package in the image',
      fix: 'take a newer image of the server, or update transformers in it',
      sources: ['vllm-project/vllm#13579', 'vllm-project/vllm#15685', 'vllm-project/vllm#11299'],
      explains: ['model_load_failed'],
      examples: [
        'ValueError: The checkpoint you are trying to load has model type `acme2` but Transformers does not recognize this architecture.',
      ],
    },
    {
      id: 'tensorrt_engine_mismatch',
      signs: [
        ['engine plan file', /engine plan file is (?:not compatible with|generated on an incompatible)/i],
        ['serialized engine version', /Version tag does not match.{0,80}Serialized Engine Version/i],
      ],
      cause: 'an engine of TensorRT runs only with the version of TensorRT, and on the kind of GPU, it was built with',
      fix: 'build the engine again in the image that serves it, on this GPU',
      sources: ['triton-inference-server/server#7613', 'pytorch/TensorRT#1059', 'triton-inference-server/server#317'],
      examples: [
        'The engine plan file is not compatible with this version of TensorRT, expecting library version 8.2.4 got 8.2.3, please rebuild.',
      ],
      explains: ['model_load_failed'],
    },
    {
      id: 'model_load_failed',
      signs: [
        ['failed to load all models', /creating server: Internal - failed to load all models/i],
        ['failed to load ', /\bfailed to load '[\w.-]{1,100}' version \d{1,6}: /],
      ],
      cause: 'Triton could not load a model of the repository and ends; its lines that start with E say why',
      fix: 'read the lines that start with E, and the table of models before the end; --log-verbose=1 shows more; --exit-on-error=false serves the others',
      sources: ['triton-inference-server/server#2858', 'clearml/clearml-serving#3'],
      examples: ['error: creating server: Internal - failed to load all models'],
      vague: true,
    },
    {
      id: 'data_type_unsupported_by_gpu',
      signs: [
        ['only supported on gpus with', /\S{1,20} is only supported on GPUs with compute capability of at least/i],
        ['not supported in this architecture', /type fp8\w{2,10} not supported in this architecture/i],
      ],
      cause: 'the model asks for a number format that this GPU does not compute with (bfloat16 needs Ampere, 8.0)',
      fix: 'load it as float16: --dtype half',
      sources: ['vllm-project/vllm#1157', 'vllm-project/vllm#946'],
      examples: [
        'ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4 GPU has compute capability 7.5.',
      ],
    },
    {
      id: 'cuda_oom',
      signs: [
        [
          'max seq len',
          /max seq len \(\d{1,9}\) is larger than the maximum number of tokens that can be stored in KV cache/i,
        ],
        ['available kv cache memory', /KV cache is needed, which is larger than the available KV cache memory/i],
      ],
      cause: 'beside the model, the GPU has no room for the cache of one request of the longest length',
      fix: 'shorten the longest request (--max-model-len), raise --gpu-memory-utilization, or take a smaller or quantised model',
      sources: ['vllm-project/vllm#2418', 'vllm-project/vllm#5976', 'QwenLM/Qwen3#295'],
      examples: [
        "ValueError: The model's max seq len (32768) is larger than the maximum number of tokens that can be stored in KV cache (7344).",
      ],
    },
    {
      id: 'model_file_damaged',
      signs: [
        ['corrupted or incomplete', /model is corrupted or incomplete/i],
        ['not within the file bounds', /data is not within the file bounds/i],
        ['unexpectedly reached end of file', /error loading model: .{0,80}unexpectedly reached end of file/i],
      ],
      cause: 'a file of the model is cut off',
      fix: 'compare the size of the file with that on the hub, and fetch it again (hf download MODEL FILE)',
      sources: ['ggml-org/llama.cpp:src/llama-model-loader.cpp'],
      examples: [
        "llama_model_load: error loading model: tensor 'blk.30.ffn_down.weight' data is not within the file bounds, model is corrupted or incomplete",
      ],
      explains: ['model_load_failed'],
    },
    {
      id: 'model_format_unknown',
      signs: [
        ['invalid magic', /(?:gguf|ggml|llama)\w{0,40}: .{0,60}invalid magic/i],
        ['bad magic', /invalid model file .{1,300}\(bad magic\)/i],
        ['unsupported file version', /(?:gguf|llama)\w{0,40}: .{0,60}(?:unsupported|unknown) (?:file |GGUF )?version/i],
      ],
      cause:
        'the file is no GGUF that this llama.cpp reads: an old GGML file, the pointer of Git LFS, or an error page that was saved',
      fix: 'head -c 4 FILE prints GGUF for a right one; fetch a GGUF of the model, or convert it',
      sources: ['ggml-org/ggml:docs/gguf.md', 'Atinoda/text-generation-webui-docker#16'],
      examples: ["gguf_init_from_file_impl: invalid magic characters: 'vers', expected 'GGUF'"],
      explains: ['model_load_failed'],
    },
    {
      id: 'model_not_found',
      signs: [
        [
          'failed to open',
          /(?:gguf|llama)\w{0,40}: .{0,60}failed to open (?:GGUF file )?.{1,300}(?:No such file|failed to load)/i,
        ],
        ['failed to open', /failed to open (?:GGUF file )?\S{1,300}\.gguf\b/i],
        ['.gguf: no such file', /\.gguf\W{0,3}: No such file/i],
      ],
      cause: 'the file of the model is not where the program in the container looks',
      fix: 'mount its folder (-v "$PWD/models:/models"), and name its path in the container: -m /models/FILE.gguf',
      sources: ['ggml-org/llama.cpp:docs/docker.md'],
      examples: ["gguf_init_from_file: failed to open GGUF file '/models/model.gguf' (No such file or directory)"],
      explains: ['model_load_failed'],
    },
    {
      id: 'model_load_failed',
      signs: [
        [
          'failed to load model',
          /(?:llama_\w{1,60}|common_init\w{0,30}|llama_init_from_gpt_params|load_model|srv\s{1,4}load_model)\b: .{0,40}failed to load model/i,
        ],
        ['error loading model', /llama_model_load: error loading model/i],
        ['| unavailable: ', /\| UNAVAILABLE: (?:Internal|Invalid argument|Not found|Unavailable|Unsupported): /],
      ],
      cause: 'the server could not load the model; the lines above this one say why',
      fix: 'read the lines above: a file that is missing or cut off, an architecture that this version does not know, or too little GPU memory (fewer layers with -ngl, a smaller quantisation)',
      sources: ['ggml-org/llama.cpp:docs/docker.md', 'triton-inference-server/server#3786'],
      examples: [
        'llama_model_load_from_file_impl: failed to load model',
        '| densenet | 1       | UNAVAILABLE: Internal: unable to create TensorRT engine |',
      ],
      vague: true,
    },
    {
      id: 'server_start_failed',
      signs: [
        ['core initialization failed', /Engine core initialization failed/i],
        ['enginecore failed to start', /EngineCore failed to start/],
        ['engine process failed to start', /Engine process failed to start/i],
      ],
      cause: 'the engine of vLLM ended while it started; the error of its process stands above',
      fix: 'read the first error of (EngineCore …) above; VLLM_LOGGING_LEVEL=DEBUG shows more; a smaller --max-model-len and --enforce-eager tell memory from code',
      sources: ['https://docs.vllm.ai/en/latest/usage/troubleshooting.html', 'vllm-project/vllm#18390'],
      examples: ['RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}'],
      vague: true,
    },
    {
      id: 'model_hub_rate_limited',
      signs: [['client error: too many', /429 Client Error: Too Many Requests for url: https:\/\/huggingface\.co/i]],
      cause: 'the hub answers no more requests from this account or address for now',
      fix: 'pass a token (-e HF_TOKEN), which has a higher limit; or wait, and keep the cache mounted (-v ~/.cache/huggingface:/root/.cache/huggingface)',
      sources: ['https://huggingface.co/docs/hub/rate-limits'],
      examples: [
        'huggingface_hub.errors.HfHubHTTPError: 429 Client Error: Too Many Requests for url: https://huggingface.co/api/models/acme/x',
      ],
      explains: ['registry_rate_limited'],
    },
    {
      id: 'checkpoint_needs_trust',
      signs: [['weights only load failed', /Weights only load failed/i]],
      cause: 'from PyTorch 2.6 torch.load reads tensors only, and this file holds other objects',
      fix: 'for a file that you trust: torch.load(PATH, weights_only=False), or -e TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1; better a file in safetensors',
      sources: ['https://pytorch.org/docs/stable/generated/torch.load.html'],
      examples: ['_pickle.UnpicklingError: Weights only load failed. This file can still be loaded.'],
    },
  ],
};
