using Weir.Server.Cli;

return await WeirCommand.Build().Parse(args).InvokeAsync();
