/** What `holdfast run --help` shows: one screen, in the order in which a job is thought of. A test holds that no flag is missing. */
export const HELP = `Usage: holdfast run <task-module> <input...> --out <file> [options]

Calls the task (default export of the module) with each JSON line of the
input (.gz too; - is standard input); one record a line comes out.

Input      --lines, --csv, -0    text, CSV with names, text up to zeros (--null)
           --skip, --limit <n>   leave lines out; --sample 1%: run a share
           --dead-letters        run the inputs of dead letters again
           --max-line <size>     longest line (16m)
           --exact-numbers       numbers that would lose digits are dead letters
           --dry-run             read it, and say what would be run
Output     -o, --out <file>      results (.gz is packed), - is standard output
           --failed <file>       dead letters (<out>.failed.ndjson)
           --joblog <file>       when each line ran, how long, how it ended
           --ordered             results in the order of the input
           --overwrite           throw away what is in the outputs
           --resume              run exactly the rest (--allow-changed-task)
           --retry-failed        resume, and run what failed again, in place
           --sync <when>         force to disk: 1s, always, never (1s)
Task       --name <export>       export to call; --batch <n>: n lines a call
           --threads <n>         threads (one a core); --heap 200m: their limit
           --isolation <where>   thread, process or escalate (thread)
           --nodes [url]         on nodes (--group: their --name; --durable)
           --recycle <n>         replace a thread after n tasks
           --redundancy <n>      run n copies and take the majority
           --hedge               a slow attempt gets a copy; the first wins
           -- <arguments>        what the task finds in process.argv
Failures   --timeout <time>      for one attempt: 500ms, 5m, none (30s)
           --retry <n>           retries (3); --retry-on crash,timeout,oom
           --halt <when>         stop after 10 dead letters, at 5%, or never
           --quarantine <field>  refuse inputs whose field keeps killing
Display    --quiet, --json       errors only; the summary as JSON
           --observe <port>      page, metrics at [host:]port (--metrics-port)
           --report <file>       the page as it is at the end, one HTML file

Examples:
  holdfast run ./resize.js photos.ndjson -o sizes.ndjson
  zcat log.gz | holdfast run ./parse.js - -o - --quiet | sort | uniq -c

Exit code: 0 done, 1 some failed, 2 wrong call, 3 stopped half way, 130 Ctrl-C.
`;
