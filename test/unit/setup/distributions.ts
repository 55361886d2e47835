/** os-release files in the format of os-release(5), each with the fields that setup reads. */
export const DISTRIBUTIONS = {
  'debian-12': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
  'debian-13': 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n',
  'debian-testing': 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nVERSION_CODENAME=forky\nID=debian\n',
  'ubuntu-20.04': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"\nVERSION_CODENAME=focal\nUBUNTU_CODENAME=focal\n',
  'ubuntu-24.04': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n',
  'mint-22': 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n',
  fedora: 'ID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43 (Workstation Edition)"\n',
  nobara: 'ID=nobara\nID_LIKE="fedora"\nVERSION_ID=42\n',
  rhel: 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.6"\n',
  rocky: 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\n',
  amazon: 'ID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\n',
  leap: 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
  tumbleweed: 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20261120"\n',
  arch: 'ID=arch\nPRETTY_NAME="Arch Linux"\nBUILD_ID=rolling\n',
  endeavour: 'ID="endeavouros"\nID_LIKE="arch"\n',
  alpine: 'ID=alpine\nVERSION_ID=3.22.1\n',
} as const;

export type Distribution = keyof typeof DISTRIBUTIONS;
