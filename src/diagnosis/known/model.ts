import type {Topic} from './failure.js';

/** What keeps a model server from loading its model. */
export const model: Topic = {
  title: 'Models and their servers',
  failures: [
    {
      id: 'model_access_denied',
      signs: ['cannot access gated repo', 'trying to access a gated repo', ['gatedrepoerror', /GatedRepoError\b/]],
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
        ['checkpoint may be corrupted', /Unable to load weights from .{1,200} file/],
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
        ['are not supported for now', /Model architectures \[.{1,160}\] are not supported for now/i],
      ],
      cause: 'the model is newer than the server or the transformers package in the image',
      fix: 'take a newer image of the server, or update transformers in it',
      sources: ['vllm-project/vllm#13579', 'vllm-project/vllm#15685', 'vllm-project/vllm#11299'],
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
  ],
};
