Console.WriteLine("weir");
