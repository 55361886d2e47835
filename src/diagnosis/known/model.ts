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
