# SPDX-License-Identifier: Apache-2.0
# Completion of kith in fish. The program itself knows what may come next: `kith complete`.
function __kith_words
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$current"
        else
            printf '%s\n' $line
        end
    end
end
complete -c kith -f -a '(__kith_words)'
