using System.CommandLine;
using Weir.Server;
using Weir.Server.Cli;

SocketThreads.Choose();

// Signals are Weir's own to handle: a stop drains first and may take longer than a command-line library would wait.
return await WeirCommand.Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
