import type {Topic} from './failure.js';

/** What programs say that encode video or draw: NVENC, OpenGL, EGL, Vulkan. */
export const graphics: Topic = {
  title: 'Video and graphics',
  failures: [
    {
      id: 'driver_capability_missing',
      signs: [
        [
          'libnvcuvid.so',
          /libnvcuvid\.so(?:\.1)?\W.{0,60}(?:cannot open|not found|No such file)|Cannot load libnvcuvid/i,
        ],
        [
          'libnvidia-encode.so',
          /libnvidia-encode\.so(?:\.1)?\W.{0,60}(?:cannot open|not found|No such file)|Cannot load libnvidia-encode/i,
        ],
        ['libnvoptix.so', /libnvoptix\.so(?:\.1)?\W.{0,60}(?:cannot open|not found|No such file)/i],
        ['libglx_nvidia.so', /libGLX_nvidia\.so\.0\W.{0,60}(?:cannot open|not found|No such file)/i],
        ['optix_error_library_not_found', /OPTIX_ERROR_LIBRARY_NOT_FOUND/],
        ['error_incompatible_driver', /ERROR_INCOMPATIBLE_DRIVER/],
        ['initialize egl', /Failed to initialize EGL/i],
        ['eglinitialize', /eglInitialize\W{0,4} failed/i],
        ['egl device display', /Cannot initialize a EGL device display/i],
        ['egl devices', /unable to find (?:CUDA|EGL) device \d{1,3} among \d{1,3} EGL devices|no EGL devices found/i],
        ['vk_icdgetinstanceprocaddr', /Could not get .{0,3}vkCreateInstance.{0,3} via/i],
        ['found no drivers', /vkCreateInstance: Found no drivers/i],
      ],
      cause:
        'NVIDIA_DRIVER_CAPABILITIES lacks what the program needs (video, graphics); CUDA images set compute,utility only',
      fix: '-e NVIDIA_DRIVER_CAPABILITIES=compute,utility,video,graphics (or all)',
      sources: ['NVIDIA/nvidia-docker#766', 'styler00dollar/VSGAN-tensorrt-docker#42'],
      examples: ['Cannot load libnvcuvid.so.1', 'error: libnvidia-encode.so.1: cannot open shared object file'],
      explains: ['library_missing'],
    },
    {
      id: 'vulkan_device_lost',
      signs: [
        ['error_device_lost', /ERROR_DEVICE_LOST/],
        ['dxgi_error_device_', /DXGI_ERROR_DEVICE_(?:REMOVED|HUNG)/],
      ],
      cause:
        'the driver ended what a graphics program ran on the GPU: it hung, read outside its memory, or no memory was left',
      fix: 'sudo dmesg | grep -i xid names the reason; nvidia-smi shows the memory; then a newer driver, or less detail',
      sources: ['https://docs.vulkan.org/spec/latest/chapters/devsandqueues.html', 'isaac-sim/IsaacSim#431'],
      examples: ['VkResult: ERROR_DEVICE_LOST', 'vkQueueSubmit failed: VK_ERROR_DEVICE_LOST'],
      explains: ['program_crashed'],
      vague: true,
    },
  ],
};
