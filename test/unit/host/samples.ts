/** Reports written for these tests, in the forms that nvidia-smi prints. */
export const TABLE = `Mon Jan  5 10:00:00 2026
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 580.95.05              Driver Version: 580.95.05      CUDA Version: 13.0     |
+-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  NVIDIA L40S                    On  |   00000000:91:00.0 Off |                    0 |
| N/A   32C    P0             77W /  350W |     657MiB /  46068MiB |      0%      Default |
|                                         |                        |                  N/A |
+-----------------------------------------+------------------------+----------------------+

+-----------------------------------------------------------------------------------------+
| Processes:                                                                              |
|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |
|        ID   ID                                                               Usage      |
|=========================================================================================|
|    0   N/A  N/A          212480      C   /usr/bin/python3                        644MiB |
+-----------------------------------------------------------------------------------------+
`;

export const GPU_XML = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
  <driver_version>580.95.05</driver_version>
  <cuda_version>13.0</cuda_version>
  <attached_gpus>1</attached_gpus>
  <gpu id="00000000:91:00.0">
    <product_name>NVIDIA L40S</product_name>
    <product_architecture>Ada Lovelace</product_architecture>
    <mig_mode><current_mig>N/A</current_mig></mig_mode>
    <serial>1320523012345</serial>
    <uuid>GPU-11111111-2222-3333-4444-555555555555</uuid>
    <fb_memory_usage><total>46068 MiB</total><used>657 MiB</used></fb_memory_usage>
    <utilization><gpu_util>0 %</gpu_util></utilization>
    <pci><pci_device_id>26B910DE</pci_device_id></pci>
    <processes>
      <process_info><pid>212480</pid><type>C</type><process_name>python3</process_name><used_memory>644 MiB</used_memory></process_info>
    </processes>
  </gpu>
</nvidia_smi_log>
`;
