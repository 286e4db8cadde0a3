@echo off
rem Starts Tonesmith by double-click: finds Python 3.11 or newer and lets run.py do the rest.
rem The window stays open when something went wrong. Plain ASCII, because cmd.exe reads this
rem file in whatever code page the computer has.
setlocal
title Tonesmith
pushd "%~dp0" || goto :failed

rem The install manager's py would otherwise start a download of its own, unseen.
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"
set "PYTHONUTF8=1"
set "FOUND="
for %%V in (3.14 3.13 3.12 3.11) do call :try py -%%V
call :try py -3
call :try python
call :try python3
if not defined FOUND goto :no_python

call %FOUND% run.py %*
rem Not `errorlevel 1`: a program that crashed ends with a number below 0.
if %ERRORLEVEL% neq 0 goto :failed
exit /b 0

:try
rem `call`, because python may itself be a batch file, which would not come back otherwise.
rem The python.exe of the Microsoft Store that only opens the Store fails here, as it should.
if defined FOUND exit /b 0
call %* -c "import sys; sys.exit(sys.version_info[:2] < (3, 11))" >nul 2>nul
if %ERRORLEVEL% equ 0 set "FOUND=%*"
exit /b 0

:no_python
echo.
echo Tonesmith needs Python 3.11 or newer, and there is none on this computer.
echo Get it from https://www.python.org/downloads/ , install it with its standard settings,
echo then double-click run.bat again.
echo.
pause
exit /b 1

:failed
echo.
echo Tonesmith stopped; the lines above say why.
echo.
pause
exit /b 1
