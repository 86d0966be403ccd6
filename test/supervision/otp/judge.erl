%% Plays scenarios under Erlang's own supervisor, and prints what happened: one line in, one line out.
%%
%% Two things are changed in the supervisor, by a transformation of its abstract code. Time comes from a virtual clock, so that nothing
%% depends on the machine; and what it does to its children, to ask and to kill, is logged. All else is the code of OTP.
%%
%% There is one scheduler, and all processes of a scenario have a higher priority than the driver: whenever the driver runs, everybody else
%% waits. So the end of a step needs no guess.
-module(judge).
-export([main/0, init/1, start_worker/3, start_instance/4, start_supervisor/2]).
-export([exit/2, start_timer/3, start_timer/1, cancel_timer/1, monotonic_time/1]).

main() ->
    logger:set_primary_config(level, none),
    Port = open_port({fd, 0, 1}, [{line, 1 bsl 20}, binary, eof]),
    load_supervisor(Port),
    [ets:new(T, [named_table, public, ordered_set]) || T <- [clock, timers, log, moves, slow, workers, supervisors, everybody]],
    process_flag(trap_exit, true),
    port_command(Port, ["ready ", erlang:system_info(otp_release), $\n]),
    serve(Port).

serve(Port) ->
    receive
        {Port, {data, {eol, Line}}} ->
            {ok, Tokens, _} = erl_scan:string(binary_to_list(Line)),
            {ok, {Top, Moves, Steps}} = erl_parse:parse_term(Tokens),
            port_command(Port, [lists:join($\t, play(Top, Moves, Steps)), $\n]),
            serve(Port);
        {Port, eof} -> halt(0);
        {'EXIT', _, _} -> serve(Port)
    end.

%% The supervisor of this installation, on our clock.

load_supervisor(Port) ->
    case beam_lib:chunks(code:which(supervisor), [abstract_code]) of
        {ok, {_, [{abstract_code, {_, Forms}}]}} -> load_supervisor_of(Forms);
        {ok, _} -> port_command(Port, "its supervisor was compiled without debug information\n"), halt(0)
    end.

load_supervisor_of(Forms) ->
    {ok, Module, Binary} = compile:forms(transform(Forms), []),
    {module, Module} = code:load_binary(Module, "judged_supervisor", Binary),
    % Whoever waits for code to be loaded waits for somebody whom `settle` does not see.
    load_all([supervisor, gen_server, proc_lib], []).

load_all([], _) -> ok;
load_all([Module | Rest], Done) ->
    File = code:which(Module),
    case lists:member(Module, Done) orelse not is_list(File) of
        true -> load_all(Rest, [Module | Done]);
        false ->
            {module, Module} = code:ensure_loaded(Module),
            {ok, {_, [{imports, Imports}]}} = beam_lib:chunks(File, [imports]),
            load_all(Rest ++ lists:usort([M || {M, _, _} <- Imports]), [Module | Done])
    end.

transform({attribute, L, module, supervisor}) -> {attribute, L, module, judged_supervisor};
transform({call, L, {remote, R, {atom, _, gen_server} = M, {atom, _, start_link} = F}, Args}) ->
    Options = erl_parse:abstract([{spawn_opt, [{priority, high}]}]),
    Changed = [case A of {atom, AL, supervisor} -> {atom, AL, judged_supervisor}; {nil, _} -> Options; _ -> A end || A <- Args],
    {call, L, {remote, R, M, F}, transform(Changed)};
transform({call, L, {atom, A, exit}, [_, _] = Args}) -> {call, L, ours(A, exit), transform(Args)};
transform({call, L, {remote, R, {atom, _, erlang}, {atom, _, Name}}, Args})
  when Name =:= start_timer; Name =:= cancel_timer; Name =:= monotonic_time ->
    {call, L, ours(R, Name), transform(Args)};
transform({'receive', L, Clauses, {integer, _, 0} = After, Body}) -> {'receive', L, transform(Clauses), After, transform(Body)};
transform({'receive', L, Clauses, After, Body}) ->
    Timer = {var, L, 'Judge@Timer'},
    Cancel = {call, L, ours(L, cancel_timer), [Timer]},
    Others = [{clause, CL, P, G, [Cancel | transform(B)]} || {clause, CL, P, G, B} <- Clauses],
    Late = {clause, L, [{tuple, L, [{atom, L, timeout}, Timer, {atom, L, judge}]}], [], transform(Body)},
    {block, L, [{match, L, Timer, {call, L, ours(L, start_timer), [After]}}, {'receive', L, Others ++ [Late]}]};
transform(Form) when is_tuple(Form) -> list_to_tuple(transform(tuple_to_list(Form)));
transform([Head | Tail]) -> [transform(Head) | transform(Tail)];
transform(Form) -> Form.

ours(L, Name) -> {remote, L, {atom, L, judge}, {atom, L, Name}}.

%% Called by it.

monotonic_time(_) -> now_ms().

exit(Pid, Reason) ->
    case is_process_alive(Pid) andalso ets:match(workers, {'$1', '$2', Pid}) of
        [[Id, Sup]] -> log(Sup, [case Reason of kill -> "kill "; _ -> "stop " end, atom_to_list(Id)]);
        _ -> ok
    end,
    erlang:exit(Pid, Reason).

start_timer(Time) -> start_timer(Time, self(), judge).

start_timer(infinity, _, _) -> make_ref();
start_timer(Time, Pid, Message) ->
    Ref = make_ref(),
    ets:insert(timers, {{now_ms() + Time, ets:update_counter(clock, count, 1)}, Ref, Pid, Message}),
    Ref.

cancel_timer(Ref) -> ets:match_delete(timers, {'_', Ref, '_', '_'}).

now_ms() -> ets:lookup_element(clock, now, 2).

%% Supervisors and workers.

init({sup, Id, Strategy, Intensity, Within, Auto, Children, _, _}) ->
    ets:insert(supervisors, {Id, self()}),
    ets:insert(everybody, {self()}),
    % Our window is open at its old end, that of OTP is closed.
    Flags = #{strategy => Strategy, intensity => Intensity, period => Within - 1, auto_shutdown => Auto},
    {ok, {Flags, [spec(Strategy, Id, Child) || Child <- Children]}}.

spec(_, Parent, {sup, Id, _, _, _, _, _, Restart, Significant} = Sup) ->
    #{id => Id, start => {?MODULE, start_supervisor, [Parent, Sup]}, restart => Restart, significant => Significant,
      shutdown => infinity, type => supervisor};
spec(simple_one_for_one, Parent, {child, _, Restart, _, Shutdown, Manners}) ->
    #{id => template, start => {?MODULE, start_instance, [Parent, Manners]}, restart => Restart, shutdown => Shutdown};
spec(_, Parent, {child, Id, Restart, Significant, Shutdown, Manners}) ->
    #{id => Id, start => {?MODULE, start_worker, [Parent, Id, Manners]}, restart => Restart, significant => Significant,
      shutdown => Shutdown}.

start_supervisor(Parent, Sup) ->
    log(Parent, ["start ", atom_to_list(element(2, Sup))]),
    judged_supervisor:start_link(?MODULE, Sup).

start_instance(Sup, Manners, Id, _) -> start_worker(Sup, Id, Manners).

start_worker(Sup, Id, Manners) ->
    Move = case ets:lookup(moves, Id) of
        [{_, [Next | Rest]}] -> ets:insert(moves, {Id, Rest}), Next;
        _ -> ok
    end,
    log(Sup, ["start ", atom_to_list(Id), case Move of ok -> ""; _ -> [" ", atom_to_list(Move)] end]),
    case Move of
        ok -> enter(Sup, Id, Manners);
        fail -> {error, failed};
        ignore -> ignore;
        slow ->
            ets:insert(slow, {Id, self()}),
            receive {arrive, Id, How} -> ets:delete(slow, Id) end,
            case How of ok -> enter(Sup, Id, Manners); fail -> {error, failed} end
    end.

enter(Sup, Id, Manners) ->
    Parent = self(),
    Pid = spawn_opt(fun() -> process_flag(trap_exit, true), Parent ! {up, self()}, worker(Parent, Manners) end, [link, {priority, high}]),
    receive {up, Pid} -> ok end,
    ets:insert(workers, {Id, Sup, Pid}),
    ets:insert(everybody, {Pid}),
    {ok, Pid}.

worker(Parent, Manners) ->
    receive
        {die, Reason} -> erlang:exit(Reason);
        {'EXIT', Parent, _} when Manners =:= prompt -> erlang:exit(shutdown);
        {'EXIT', Parent, _} when is_integer(Manners) -> start_timer(Manners, self(), stopped), worker(Parent, Manners);
        {timeout, _, stopped} -> erlang:exit(shutdown);
        _ -> worker(Parent, Manners)
    end.

%% A scenario.

play(Top, Moves, Steps) ->
    [ets:delete_all_objects(T) || T <- [clock, timers, log, moves, slow, workers, supervisors, everybody]],
    ets:insert(clock, [{now, 0}, {count, 0}]),
    ets:insert(moves, Moves),
    Owner = high(fun() -> own(Top) end),
    settle(),
    First = told(),
    Rest = [begin step(Step, Owner), settle(), told() end || Step <- Steps],
    [erlang:exit(P, kill) || {P} <- ets:tab2list(everybody)],
    settle(),
    [First | Rest].

own(Top) ->
    process_flag(trap_exit, true),
    case judged_supervisor:start_link(?MODULE, Top) of
        {ok, Pid} -> log(outside, "started"), wait_for(Pid);
        _ -> log(outside, "start failed")
    end.

wait_for(Pid) ->
    receive
        stop -> erlang:exit(Pid, shutdown), wait_for(Pid);
        {'EXIT', Pid, _} -> log(outside, "gone")
    end.

step({die, Deaths}, _) ->
    % At one instant: the driver's time slice may end between two of them, and then the others would go on.
    process_flag(priority, max),
    [P ! {die, Reason} || {Id, Reason} <- Deaths, {_, _, P} <- ets:lookup(workers, Id)],
    process_flag(priority, normal);
step({arrive, Id, How}, _) -> [P ! {arrive, Id, How} || {_, P} <- ets:lookup(slow, Id)];
step({advance, Ms}, _) -> advance(now_ms() + Ms);
step({call, N, Sup, Call}, _) -> high(fun() -> log(calls, [integer_to_list(N), " ", reply(Sup, Call)]) end);
step(stop, Owner) -> Owner ! stop.

advance(Until) ->
    case ets:first(timers) of
        {At, _} = Key when At =< Until ->
            [{_, Ref, Pid, Message}] = ets:take(timers, Key),
            ets:insert(clock, {now, At}),
            Pid ! {timeout, Ref, Message},
            settle(),
            advance(Until);
        _ -> ets:insert(clock, {now, Until})
    end.

reply(Sup, Call) ->
    try call(ets:lookup_element(supervisors, Sup, 2), Sup, Call) of
        ok -> "ok";
        {ok, _} -> "ok";
        {error, already_present} -> "exists";
        {error, {already_started, _}} -> "exists";
        {error, not_found} -> "not found";
        {error, running} -> "not stopped";
        {error, restarting} -> "not stopped";
        {error, failed} -> "failed";
        {error, {failed, _}} -> "failed";
        {error, {shutdown, {failed_to_start_child, _, _}}} -> "failed"; % Of a supervisor below.
        {error, {{shutdown, {failed_to_start_child, _, _}}, _}} -> "failed";
        Other -> io_lib:format("~0p", [Other])
    catch exit:_ -> "gone"
    end.

call(Pid, Sup, {start, Child}) -> judged_supervisor:start_child(Pid, spec(plain, Sup, Child));
call(Pid, _, {instance, Id}) -> judged_supervisor:start_child(Pid, [Id, none]);
call(Pid, _, {terminate_instance, Id}) -> judged_supervisor:terminate_child(Pid, ets:lookup_element(workers, Id, 3));
call(Pid, _, {terminate, Id}) -> judged_supervisor:terminate_child(Pid, Id);
call(Pid, _, {restart, Id}) -> judged_supervisor:restart_child(Pid, Id);
call(Pid, _, {delete, Id}) -> judged_supervisor:delete_child(Pid, Id).

%% What was logged since the last time, and what the supervisors say of their children, if all of them answer.

told() ->
    Log = [[atom_to_list(Sup), ": ", Text] || {_, Sup, Text} <- ets:tab2list(log)],
    ets:delete_all_objects(log),
    Alive = [{Id, Pid} || {Id, Pid} <- ets:tab2list(supervisors), is_process_alive(Pid)],
    {Self, Round} = {self(), make_ref()},
    [high(fun() -> Self ! {Round, Id, state(Pid)} end) || {Id, Pid} <- Alive],
    settle(),
    States = [receive {Round, Id, State} -> [atom_to_list(Id), "[", State, "]"] after 0 -> busy end || {Id, _} <- Alive],
    case lists:member(busy, States) orelse ets:info(slow, size) > 0 of
        true -> lists:join($;, Log ++ ["busy"]);
        false -> lists:join($;, Log ++ States)
    end.

state(Pid) ->
    [{_, Specs}, {_, Active}, {_, Supervisors}, {_, Workers}] = judged_supervisor:count_children(Pid),
    Children = [[atom_to_list(Id), "=", child(Child)] || {Id, Child, _, _} <- lists:reverse(judged_supervisor:which_children(Pid)), Id =/= undefined],
    lists:join($\s, Children ++ [lists:join($/, [integer_to_list(I) || I <- [Specs, Active, Supervisors, Workers]])]).

child(undefined) -> "down";
child(restarting) -> "restarting";
child(_) -> "up".

log(Who, Text) -> ets:insert(log, {ets:update_counter(clock, count, 1), Who, Text}).

high(Fun) ->
    Pid = spawn_opt(Fun, [{priority, high}]),
    ets:insert(everybody, {Pid}),
    Pid.

%% Everybody waits: asked for, not hoped for.
settle() ->
    erlang:yield(),
    case [P || {P} <- ets:tab2list(everybody), not waits(process_info(P, status))] of
        [] -> ok;
        _ -> settle()
    end.

waits(undefined) -> true;
waits({status, Status}) -> Status =:= waiting.
